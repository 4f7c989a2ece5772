-- The calendar, in whole years, from the first order to the last.
with span as (
  select
    cast(date_trunc('year', min(placed_at)) as date) as first_day,
    add_months(cast(date_trunc('year', max(placed_at)) as date), 12) as after_last_day
  from silver.orders
),

days as (
  select explode(sequence(first_day, date_sub(after_last_day, 1), interval 1 day)) as date
  from span
  where first_day is not null
)

select
  year(date) * 10000 + month(date) * 100 + day(date) as date_key,
  date,
  year(date) as year,
  quarter(date) as quarter,
  month(date) as month,
  day(date) as day,
  weekday(date) + 1 as day_of_week,
  weekday(date) >= 5 as is_weekend
from days
