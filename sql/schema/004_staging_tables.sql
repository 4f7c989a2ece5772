-- Where a slice of a batch is bulk-loaded before one transaction applies it: the tables' columns, all of them nullable (a delete
-- brings its key alone), behind what happened (I, U, D) and the how-manieth change of its key it is within the slice.

IF OBJECT_ID(N'etl.staging_customers', N'U') IS NULL
CREATE TABLE etl.staging_customers (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  customer_id bigint NOT NULL,
  email nvarchar(320) NULL,
  first_name nvarchar(100) NULL,
  last_name nvarchar(100) NULL,
  phone varchar(40) NULL,
  street nvarchar(200) NULL,
  city nvarchar(100) NULL,
  postal_code nvarchar(20) NULL,
  country_code char(2) NULL,
  marketing_opt_in bit NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_products', N'U') IS NULL
CREATE TABLE etl.staging_products (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  product_id bigint NOT NULL,
  sku varchar(40) NULL,
  name nvarchar(200) NULL,
  category nvarchar(60) NULL,
  unit_price decimal(10,2) NULL,
  unit_cost decimal(10,2) NULL,
  is_active bit NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_orders', N'U') IS NULL
CREATE TABLE etl.staging_orders (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  order_id bigint NOT NULL,
  customer_id bigint NULL,
  status varchar(20) NULL,
  currency char(3) NULL,
  shipping_amount decimal(10,2) NULL,
  total_amount decimal(12,2) NULL,
  placed_at datetime2(3) NULL,
  paid_at datetime2(3) NULL,
  shipped_at datetime2(3) NULL,
  delivered_at datetime2(3) NULL,
  cancelled_at datetime2(3) NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_order_items', N'U') IS NULL
CREATE TABLE etl.staging_order_items (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  order_item_id bigint NOT NULL,
  order_id bigint NULL,
  product_id bigint NULL,
  line_number smallint NULL,
  quantity int NULL,
  unit_price decimal(10,2) NULL,
  discount_amount decimal(10,2) NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_payments', N'U') IS NULL
CREATE TABLE etl.staging_payments (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  payment_id bigint NOT NULL,
  order_id bigint NULL,
  method varchar(20) NULL,
  status varchar(20) NULL,
  amount decimal(12,2) NULL,
  provider_reference varchar(64) NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_shipments', N'U') IS NULL
CREATE TABLE etl.staging_shipments (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  shipment_id bigint NOT NULL,
  order_id bigint NULL,
  carrier nvarchar(60) NULL,
  tracking_number varchar(40) NULL,
  status varchar(20) NULL,
  shipped_at datetime2(3) NULL,
  delivered_at datetime2(3) NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_returns', N'U') IS NULL
CREATE TABLE etl.staging_returns (
  change_operation char(1) NOT NULL,
  change_number int NOT NULL,
  return_id bigint NOT NULL,
  order_item_id bigint NULL,
  reason varchar(40) NULL,
  quantity int NULL,
  refund_amount decimal(10,2) NULL,
  status varchar(20) NULL,
  requested_at datetime2(3) NULL,
  created_at datetime2(3) NULL,
  updated_at datetime2(3) NULL
);
GO

IF OBJECT_ID(N'etl.staging_injected_defect', N'U') IS NULL
CREATE TABLE etl.staging_injected_defect (
  table_name varchar(128) NOT NULL,
  row_key bigint NOT NULL,
  defect varchar(30) NOT NULL,
  column_name varchar(128) NOT NULL
);
