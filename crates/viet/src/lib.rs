//! Vietnamese text: folding, numbers, dates, periods, units, working-day calendar
