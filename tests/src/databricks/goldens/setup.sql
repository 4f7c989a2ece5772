CREATE SCHEMA IF NOT EXISTS `bronze`;

CREATE SCHEMA IF NOT EXISTS `silver`;

CREATE SCHEMA IF NOT EXISTS `gold`;

CREATE OR REPLACE VIEW `bronze`.`customers` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/customers`;

CREATE OR REPLACE VIEW `bronze`.`order_items` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/order_items`;

CREATE OR REPLACE VIEW `bronze`.`orders` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/orders`;

CREATE OR REPLACE VIEW `bronze`.`payments` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/payments`;

CREATE OR REPLACE VIEW `bronze`.`products` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/products`;

CREATE OR REPLACE VIEW `bronze`.`returns` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/returns`;

CREATE OR REPLACE VIEW `bronze`.`shipments` AS SELECT * FROM parquet.`abfss://bronze@account.dfs.core.windows.net/shipments`;

CREATE TABLE IF NOT EXISTS `silver`.`customers` (
  `customer_id` BIGINT NOT NULL COMMENT 'Customer\'s number.',
  `email` STRING COMMENT 'E-mail address in lower case; null when missing or not an address.',
  `first_name` STRING COMMENT 'Given name.',
  `last_name` STRING COMMENT 'Family name.',
  `phone` STRING COMMENT 'Telephone number as entered.',
  `street` STRING COMMENT 'Street and number.',
  `city` STRING COMMENT 'City.',
  `postal_code` STRING COMMENT 'Postal code.',
  `country_code` STRING COMMENT 'Country, ISO 3166-1 alpha-2.',
  `marketing_opt_in` BOOLEAN COMMENT 'Agreed to be sent offers.',
  `created_at` TIMESTAMP COMMENT 'When the customer signed up.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/customers'
COMMENT 'Customers as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`customers_quarantine` (
  `customer_id` BIGINT NOT NULL COMMENT 'Customer\'s number.',
  `email` STRING COMMENT 'E-mail address in lower case; null when missing or not an address.',
  `first_name` STRING COMMENT 'Given name.',
  `last_name` STRING COMMENT 'Family name.',
  `phone` STRING COMMENT 'Telephone number as entered.',
  `street` STRING COMMENT 'Street and number.',
  `city` STRING COMMENT 'City.',
  `postal_code` STRING COMMENT 'Postal code.',
  `country_code` STRING COMMENT 'Country, ISO 3166-1 alpha-2.',
  `marketing_opt_in` BOOLEAN COMMENT 'Agreed to be sent offers.',
  `created_at` TIMESTAMP COMMENT 'When the customer signed up.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/customers_quarantine'
COMMENT 'Customers as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`customer_history` (
  `customer_id` BIGINT NOT NULL COMMENT 'Customer\'s number.',
  `email` STRING COMMENT 'E-mail address in lower case; null when missing or not an address.',
  `first_name` STRING COMMENT 'Given name.',
  `last_name` STRING COMMENT 'Family name.',
  `phone` STRING COMMENT 'Telephone number as entered.',
  `street` STRING COMMENT 'Street and number.',
  `city` STRING COMMENT 'City.',
  `postal_code` STRING COMMENT 'Postal code.',
  `country_code` STRING COMMENT 'Country, ISO 3166-1 alpha-2.',
  `marketing_opt_in` BOOLEAN COMMENT 'Agreed to be sent offers.',
  `created_at` TIMESTAMP COMMENT 'When the customer signed up.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING NOT NULL COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT NOT NULL COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING NOT NULL COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/customer_history'
COMMENT 'Every version of every customer, cleaned as silver.customers is; the source of dim_customer.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`products` (
  `product_id` BIGINT NOT NULL COMMENT 'Product\'s number.',
  `sku` STRING COMMENT 'Stock-keeping unit.',
  `name` STRING COMMENT 'Name, with single spaces.',
  `category` STRING COMMENT 'Category.',
  `unit_price` DECIMAL(10,2) COMMENT 'List price of one unit.',
  `unit_cost` DECIMAL(10,2) COMMENT 'What one unit costs the shop.',
  `is_active` BOOLEAN COMMENT 'On sale.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/products'
COMMENT 'Products as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`products_quarantine` (
  `product_id` BIGINT NOT NULL COMMENT 'Product\'s number.',
  `sku` STRING COMMENT 'Stock-keeping unit.',
  `name` STRING COMMENT 'Name, with single spaces.',
  `category` STRING COMMENT 'Category.',
  `unit_price` DECIMAL(10,2) COMMENT 'List price of one unit.',
  `unit_cost` DECIMAL(10,2) COMMENT 'What one unit costs the shop.',
  `is_active` BOOLEAN COMMENT 'On sale.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/products_quarantine'
COMMENT 'Products as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`order_items` (
  `order_item_id` BIGINT NOT NULL COMMENT 'Line\'s number, unique over all orders.',
  `order_id` BIGINT COMMENT 'The order it belongs to.',
  `product_id` BIGINT COMMENT 'What was ordered.',
  `line_number` SMALLINT COMMENT 'Position within the order, from 1.',
  `quantity` INT COMMENT 'Units.',
  `unit_price` DECIMAL(10,2) COMMENT 'Price of one unit when ordered.',
  `discount_amount` DECIMAL(10,2) COMMENT 'Discount on the whole line.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/order_items'
COMMENT 'Order lines as last seen in the source.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`order_items_quarantine` (
  `order_item_id` BIGINT NOT NULL COMMENT 'Line\'s number, unique over all orders.',
  `order_id` BIGINT COMMENT 'The order it belongs to.',
  `product_id` BIGINT COMMENT 'What was ordered.',
  `line_number` SMALLINT COMMENT 'Position within the order, from 1.',
  `quantity` INT COMMENT 'Units.',
  `unit_price` DECIMAL(10,2) COMMENT 'Price of one unit when ordered.',
  `discount_amount` DECIMAL(10,2) COMMENT 'Discount on the whole line.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/order_items_quarantine'
COMMENT 'Order lines as last seen in the source.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`orders` (
  `order_id` BIGINT NOT NULL COMMENT 'Order\'s number.',
  `customer_id` BIGINT COMMENT 'Who ordered; the customer may have been erased since.',
  `status` STRING COMMENT 'placed, paid, shipped, delivered, cancelled or returned.',
  `currency` STRING COMMENT 'Currency, ISO 4217.',
  `shipping_amount` DECIMAL(10,2) COMMENT 'Shipping charged.',
  `total_amount` DECIMAL(12,2) COMMENT 'Sum of the lines and shipping.',
  `placed_at` TIMESTAMP COMMENT 'When it was placed.',
  `paid_at` TIMESTAMP COMMENT 'When it was paid.',
  `shipped_at` TIMESTAMP COMMENT 'When it was shipped.',
  `delivered_at` TIMESTAMP COMMENT 'When it was delivered.',
  `cancelled_at` TIMESTAMP COMMENT 'When it was cancelled.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/orders'
COMMENT 'Orders as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`orders_quarantine` (
  `order_id` BIGINT NOT NULL COMMENT 'Order\'s number.',
  `customer_id` BIGINT COMMENT 'Who ordered; the customer may have been erased since.',
  `status` STRING COMMENT 'placed, paid, shipped, delivered, cancelled or returned.',
  `currency` STRING COMMENT 'Currency, ISO 4217.',
  `shipping_amount` DECIMAL(10,2) COMMENT 'Shipping charged.',
  `total_amount` DECIMAL(12,2) COMMENT 'Sum of the lines and shipping.',
  `placed_at` TIMESTAMP COMMENT 'When it was placed.',
  `paid_at` TIMESTAMP COMMENT 'When it was paid.',
  `shipped_at` TIMESTAMP COMMENT 'When it was shipped.',
  `delivered_at` TIMESTAMP COMMENT 'When it was delivered.',
  `cancelled_at` TIMESTAMP COMMENT 'When it was cancelled.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/orders_quarantine'
COMMENT 'Orders as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`payments` (
  `payment_id` BIGINT NOT NULL COMMENT 'Payment\'s number.',
  `order_id` BIGINT COMMENT 'The order it pays.',
  `method` STRING COMMENT 'Means of payment.',
  `status` STRING COMMENT 'authorized, captured, failed or refunded.',
  `amount` DECIMAL(12,2) COMMENT 'Amount in the order\'s currency.',
  `provider_reference` STRING COMMENT 'The payment provider\'s reference.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/payments'
COMMENT 'Payments as last seen in the source.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`payments_quarantine` (
  `payment_id` BIGINT NOT NULL COMMENT 'Payment\'s number.',
  `order_id` BIGINT COMMENT 'The order it pays.',
  `method` STRING COMMENT 'Means of payment.',
  `status` STRING COMMENT 'authorized, captured, failed or refunded.',
  `amount` DECIMAL(12,2) COMMENT 'Amount in the order\'s currency.',
  `provider_reference` STRING COMMENT 'The payment provider\'s reference.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/payments_quarantine'
COMMENT 'Payments as last seen in the source.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`returns` (
  `return_id` BIGINT NOT NULL COMMENT 'Return\'s number.',
  `order_item_id` BIGINT COMMENT 'The order line sent back.',
  `reason` STRING COMMENT 'Why.',
  `quantity` INT COMMENT 'Units sent back.',
  `refund_amount` DECIMAL(10,2) COMMENT 'Amount paid back.',
  `status` STRING COMMENT 'requested or refunded.',
  `requested_at` TIMESTAMP COMMENT 'When it was asked for.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/returns'
COMMENT 'Returns as last seen in the source.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`returns_quarantine` (
  `return_id` BIGINT NOT NULL COMMENT 'Return\'s number.',
  `order_item_id` BIGINT COMMENT 'The order line sent back.',
  `reason` STRING COMMENT 'Why.',
  `quantity` INT COMMENT 'Units sent back.',
  `refund_amount` DECIMAL(10,2) COMMENT 'Amount paid back.',
  `status` STRING COMMENT 'requested or refunded.',
  `requested_at` TIMESTAMP COMMENT 'When it was asked for.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/returns_quarantine'
COMMENT 'Returns as last seen in the source.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`shipments` (
  `shipment_id` BIGINT NOT NULL COMMENT 'Shipment\'s number.',
  `order_id` BIGINT COMMENT 'The order it carries.',
  `carrier` STRING COMMENT 'Carrier, in capitals.',
  `tracking_number` STRING COMMENT 'Tracking number.',
  `status` STRING COMMENT 'in_transit or delivered.',
  `shipped_at` TIMESTAMP COMMENT 'When it left.',
  `delivered_at` TIMESTAMP COMMENT 'When it arrived.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/shipments'
COMMENT 'Shipments as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `silver`.`shipments_quarantine` (
  `shipment_id` BIGINT NOT NULL COMMENT 'Shipment\'s number.',
  `order_id` BIGINT COMMENT 'The order it carries.',
  `carrier` STRING COMMENT 'Carrier, in capitals.',
  `tracking_number` STRING COMMENT 'Tracking number.',
  `status` STRING COMMENT 'in_transit or delivered.',
  `shipped_at` TIMESTAMP COMMENT 'When it left.',
  `delivered_at` TIMESTAMP COMMENT 'When it arrived.',
  `created_at` TIMESTAMP COMMENT 'When the row came to be.',
  `updated_at` TIMESTAMP COMMENT 'When this version came to be.',
  `_is_deleted` BOOLEAN COMMENT 'Deleted in the source: a tombstone.',
  `_repairs` STRING COMMENT 'Defects repaired in this row, by name, comma-separated.',
  `_lsn` STRING COMMENT 'Commit LSN of the change: 0x and 20 hex digits.',
  `_command_id` INT COMMENT 'Order of the command within its transaction.',
  `_seqval` STRING COMMENT 'Order of the change within its transaction.',
  `_reasons` STRING COMMENT 'The expectations that the row broke, by name, comma-separated.'
) USING DELTA
LOCATION 'abfss://silver@account.dfs.core.windows.net/shipments_quarantine'
COMMENT 'Shipments as last seen in the source, cleaned.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`dim_customer` (
  `customer_key` STRING NOT NULL COMMENT 'Surrogate key: customer number and version.',
  `customer_id` BIGINT COMMENT 'Customer\'s number.',
  `version` INT COMMENT '1 for the first version.',
  `email` STRING COMMENT 'E-mail address; empty when missing, invalid or erased.',
  `first_name` STRING COMMENT 'Given name; empty when erased.',
  `last_name` STRING COMMENT 'Family name; empty when erased.',
  `city` STRING COMMENT 'City; empty when erased.',
  `postal_code` STRING COMMENT 'Postal code; empty when erased.',
  `country_code` STRING COMMENT 'Country, ISO 3166-1 alpha-2.',
  `marketing_opt_in` BOOLEAN COMMENT 'Agreed to be sent offers.',
  `valid_from` TIMESTAMP COMMENT 'When this version began.',
  `valid_to` TIMESTAMP COMMENT 'When the next one began; empty for the current one.',
  `is_current` BOOLEAN COMMENT 'The latest version.',
  `is_erased` BOOLEAN COMMENT 'The customer asked to be forgotten.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/dim_customer'
COMMENT 'Customers with their history (type 2), a version for each change of what is tracked.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`dim_product` (
  `product_id` BIGINT NOT NULL COMMENT 'Product\'s number.',
  `sku` STRING COMMENT 'Stock-keeping unit.',
  `name` STRING COMMENT 'Name.',
  `category` STRING COMMENT 'Category.',
  `unit_price` DECIMAL(10,2) COMMENT 'List price.',
  `unit_cost` DECIMAL(10,2) COMMENT 'Cost of one unit.',
  `is_active` BOOLEAN COMMENT 'On sale.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/dim_product'
COMMENT 'Products as they are now.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`fact_order_line` (
  `order_item_id` BIGINT NOT NULL COMMENT 'Line\'s number.',
  `order_id` BIGINT COMMENT 'Order.',
  `line_number` SMALLINT COMMENT 'Position within the order.',
  `customer_key` STRING COMMENT 'The version of the customer who ordered: dim_customer.',
  `customer_id` BIGINT COMMENT 'Customer.',
  `product_id` BIGINT COMMENT 'Product: dim_product.',
  `date_key` INT COMMENT 'Day of the order: dim_date.',
  `ordered_at` TIMESTAMP COMMENT 'When the order was placed.',
  `order_status` STRING COMMENT 'Status of the order.',
  `quantity` INT COMMENT 'Units.',
  `unit_price` DECIMAL(10,2) COMMENT 'Price of one unit when ordered.',
  `discount_amount` DECIMAL(10,2) COMMENT 'Discount on the line.',
  `net_amount` DECIMAL(18,2) COMMENT 'quantity * unit_price - discount_amount.',
  `cost_amount` DECIMAL(18,2) COMMENT 'quantity * unit_cost of today.',
  `is_cancelled` BOOLEAN COMMENT 'The order was cancelled: not revenue.',
  `returned_quantity` INT COMMENT 'Units sent back.',
  `refund_amount` DECIMAL(18,2) COMMENT 'Amount paid back.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/fact_order_line'
COMMENT 'Order lines with their order, customer version, cost and returns.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`customer_value` (
  `customer_id` BIGINT NOT NULL COMMENT 'Customer\'s number.',
  `first_order_at` TIMESTAMP COMMENT 'First order.',
  `last_order_at` TIMESTAMP COMMENT 'Latest order.',
  `recency_days` INT COMMENT 'Days from the latest order to the latest order of the shop.',
  `frequency` BIGINT COMMENT 'Orders.',
  `monetary` DECIMAL(18,2) COMMENT 'Net amount less refunds.',
  `recency_score` INT COMMENT '1 to 5.',
  `frequency_score` INT COMMENT '1 to 5.',
  `monetary_score` INT COMMENT '1 to 5.',
  `segment` STRING COMMENT 'champion, loyal, promising, at_risk or other.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/customer_value'
COMMENT 'Worth of each customer by recency, frequency and monetary value, each scored 1 (low) to 5 (high).'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`daily_sales` (
  `date_key` INT NOT NULL COMMENT 'Day: dim_date.',
  `date` DATE COMMENT 'The day.',
  `orders` BIGINT COMMENT 'Orders placed and not cancelled.',
  `customers` BIGINT COMMENT 'Customers who placed them.',
  `units` BIGINT COMMENT 'Units sold.',
  `revenue` DECIMAL(18,2) COMMENT 'Net amount of the lines.',
  `cost` DECIMAL(18,2) COMMENT 'Cost of the lines.',
  `refunds` DECIMAL(18,2) COMMENT 'Paid back for these lines.',
  `cancelled_orders` BIGINT COMMENT 'Orders cancelled.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/daily_sales'
COMMENT 'Sales by day.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`dim_date` (
  `date_key` INT NOT NULL COMMENT 'yyyymmdd.',
  `date` DATE COMMENT 'The day.',
  `year` INT COMMENT 'Year.',
  `quarter` INT COMMENT 'Quarter, 1 to 4.',
  `month` INT COMMENT 'Month, 1 to 12.',
  `day` INT COMMENT 'Day of the month.',
  `day_of_week` INT COMMENT '1 for Monday to 7 for Sunday.',
  `is_weekend` BOOLEAN COMMENT 'Saturday or Sunday.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/dim_date'
COMMENT 'The calendar, in whole years, from the first order to the last.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`fulfilment` (
  `fulfilment_key` STRING NOT NULL COMMENT 'Day and carrier.',
  `ship_date` DATE COMMENT 'Day of shipping.',
  `carrier` STRING COMMENT 'Carrier.',
  `shipments` BIGINT COMMENT 'Shipments sent.',
  `delivered` BIGINT COMMENT 'Of these, delivered by now.',
  `average_hours_to_ship` DOUBLE COMMENT 'From payment to shipping.',
  `average_hours_in_transit` DOUBLE COMMENT 'From shipping to delivery, of those delivered.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/fulfilment'
COMMENT 'How fast orders reach their customers, by day of shipping and carrier.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');

CREATE TABLE IF NOT EXISTS `gold`.`product_performance` (
  `product_id` BIGINT NOT NULL COMMENT 'Product\'s number.',
  `sku` STRING COMMENT 'Stock-keeping unit.',
  `name` STRING COMMENT 'Name.',
  `category` STRING COMMENT 'Category.',
  `orders` BIGINT COMMENT 'Orders with the product, not cancelled.',
  `units` BIGINT COMMENT 'Units sold.',
  `revenue` DECIMAL(18,2) COMMENT 'Net amount.',
  `margin` DECIMAL(18,2) COMMENT 'Revenue less cost.',
  `returned_units` BIGINT COMMENT 'Units sent back.',
  `return_rate` DOUBLE COMMENT 'returned_units / units; 0 where nothing was sold.',
  `revenue_rank` INT COMMENT '1 for the highest revenue; ties by product number.'
) USING DELTA
LOCATION 'abfss://gold@account.dfs.core.windows.net/product_performance'
COMMENT 'How each product sells.'
TBLPROPERTIES ('delta.enableDeletionVectors' = 'false');
