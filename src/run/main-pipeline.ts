/** The pipeline of `adf/` that carries a load from the source to gold. */
export const mainPipeline = 'pl_ecommerce';
