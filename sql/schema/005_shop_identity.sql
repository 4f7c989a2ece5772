-- Which shop is in here: the values that its history follows from. One row, noted by the first batch; every later one is held to it, for
-- a batch of another shop would meet keys that are taken and change rows that are not there.
IF OBJECT_ID(N'etl.shop_identity', N'U') IS NULL
CREATE TABLE etl.shop_identity (
  only_row bit NOT NULL CONSTRAINT pk_shop_identity PRIMARY KEY CONSTRAINT ck_shop_identity_only_row CHECK (only_row = 1),
  seed bigint NOT NULL,
  opened_at datetime2(3) NOT NULL,
  orders_per_day int NOT NULL,
  defect_rate float NOT NULL
);
