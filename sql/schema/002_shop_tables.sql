-- The shop. A table is created only where it is missing, so that a file that stopped half-way can be run again.
--
-- What has no foreign key has none on purpose: customers are erased while their orders are kept for the books
-- (orders.customer_id), and products, payments and returns are named by other systems that may be wrong (order_items.product_id,
-- payments.order_id, returns.order_item_id). Cleaning is silver's work; the source takes what it is given, so quantities have
-- no CHECK either.

IF OBJECT_ID(N'dbo.customers', N'U') IS NULL
CREATE TABLE dbo.customers (
  customer_id bigint NOT NULL CONSTRAINT pk_customers PRIMARY KEY,
  email nvarchar(320) NULL,
  first_name nvarchar(100) NOT NULL,
  last_name nvarchar(100) NOT NULL,
  phone varchar(40) NULL,
  street nvarchar(200) NULL,
  city nvarchar(100) NULL,
  postal_code nvarchar(20) NULL,
  country_code char(2) NOT NULL,
  marketing_opt_in bit NOT NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_customers_updated_at CHECK (updated_at >= created_at)
);
GO

IF OBJECT_ID(N'dbo.products', N'U') IS NULL
CREATE TABLE dbo.products (
  product_id bigint NOT NULL CONSTRAINT pk_products PRIMARY KEY,
  sku varchar(40) NOT NULL CONSTRAINT uq_products_sku UNIQUE,
  name nvarchar(200) NOT NULL,
  category nvarchar(60) NOT NULL,
  unit_price decimal(10,2) NOT NULL,
  unit_cost decimal(10,2) NOT NULL,
  is_active bit NOT NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_products_unit_price CHECK (unit_price >= 0),
  CONSTRAINT ck_products_unit_cost CHECK (unit_cost >= 0),
  CONSTRAINT ck_products_updated_at CHECK (updated_at >= created_at)
);
GO

IF OBJECT_ID(N'dbo.orders', N'U') IS NULL
CREATE TABLE dbo.orders (
  order_id bigint NOT NULL CONSTRAINT pk_orders PRIMARY KEY,
  customer_id bigint NOT NULL,
  status varchar(20) NOT NULL,
  currency char(3) NOT NULL,
  shipping_amount decimal(10,2) NOT NULL,
  total_amount decimal(12,2) NOT NULL,
  placed_at datetime2(3) NOT NULL,
  paid_at datetime2(3) NULL,
  shipped_at datetime2(3) NULL,
  delivered_at datetime2(3) NULL,
  cancelled_at datetime2(3) NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_orders_status CHECK (status IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled', 'returned')),
  CONSTRAINT ck_orders_amounts CHECK (shipping_amount >= 0 AND total_amount >= 0),
  CONSTRAINT ck_orders_stages CHECK (
    (paid_at IS NULL OR paid_at >= placed_at)
    AND (shipped_at IS NULL OR shipped_at >= paid_at)
    AND (delivered_at IS NULL OR delivered_at >= shipped_at)
    AND (cancelled_at IS NULL OR cancelled_at >= placed_at)
  ),
  CONSTRAINT ck_orders_updated_at CHECK (updated_at >= created_at)
);
GO

-- A line may be dropped (its row deleted) until its order ships; orders.total_amount moves with it.
IF OBJECT_ID(N'dbo.order_items', N'U') IS NULL
CREATE TABLE dbo.order_items (
  order_item_id bigint NOT NULL CONSTRAINT pk_order_items PRIMARY KEY,
  order_id bigint NOT NULL CONSTRAINT fk_order_items_orders REFERENCES dbo.orders (order_id),
  product_id bigint NOT NULL,
  line_number smallint NOT NULL,
  quantity int NOT NULL,
  unit_price decimal(10,2) NOT NULL,
  discount_amount decimal(10,2) NOT NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_order_items_amounts CHECK (unit_price >= 0 AND discount_amount >= 0),
  CONSTRAINT ck_order_items_updated_at CHECK (updated_at >= created_at)
);
GO

-- provider_reference is the payment's name at the provider; the same one twice is the same payment reported twice.
IF OBJECT_ID(N'dbo.payments', N'U') IS NULL
CREATE TABLE dbo.payments (
  payment_id bigint NOT NULL CONSTRAINT pk_payments PRIMARY KEY,
  order_id bigint NOT NULL,
  method varchar(20) NOT NULL,
  status varchar(20) NOT NULL,
  amount decimal(12,2) NOT NULL,
  provider_reference varchar(64) NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_payments_status CHECK (status IN ('authorized', 'captured', 'failed', 'refunded')),
  CONSTRAINT ck_payments_amount CHECK (amount >= 0),
  CONSTRAINT ck_payments_updated_at CHECK (updated_at >= created_at)
);
GO

IF OBJECT_ID(N'dbo.shipments', N'U') IS NULL
CREATE TABLE dbo.shipments (
  shipment_id bigint NOT NULL CONSTRAINT pk_shipments PRIMARY KEY,
  order_id bigint NOT NULL CONSTRAINT fk_shipments_orders REFERENCES dbo.orders (order_id),
  carrier nvarchar(60) NOT NULL,
  tracking_number varchar(40) NULL,
  status varchar(20) NOT NULL,
  shipped_at datetime2(3) NOT NULL,
  delivered_at datetime2(3) NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_shipments_status CHECK (status IN ('in_transit', 'delivered')),
  CONSTRAINT ck_shipments_delivered_at CHECK (delivered_at IS NULL OR delivered_at >= shipped_at),
  CONSTRAINT ck_shipments_updated_at CHECK (updated_at >= created_at)
);
GO

IF OBJECT_ID(N'dbo.returns', N'U') IS NULL
CREATE TABLE dbo.returns (
  return_id bigint NOT NULL CONSTRAINT pk_returns PRIMARY KEY,
  order_item_id bigint NOT NULL,
  reason varchar(40) NOT NULL,
  quantity int NOT NULL,
  refund_amount decimal(10,2) NOT NULL,
  status varchar(20) NOT NULL,
  requested_at datetime2(3) NOT NULL,
  created_at datetime2(3) NOT NULL,
  updated_at datetime2(3) NOT NULL,
  CONSTRAINT ck_returns_status CHECK (status IN ('requested', 'refunded')),
  CONSTRAINT ck_returns_refund_amount CHECK (refund_amount >= 0),
  CONSTRAINT ck_returns_updated_at CHECK (updated_at >= created_at)
);
