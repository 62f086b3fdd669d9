//! A clock that is moved through the past, so that the demo's facts lie months apart and "as known on"
//! has something to show.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::{Date, time};
use jiff::{Timestamp, ToSpan};
use journal::Clock;

/// The clock. Cloning it gives the same one.
#[derive(Clone)]
pub struct Past(Arc<Mutex<Timestamp>>);

impl Past {
    /// A clock that shows now, until it is moved.
    pub fn new() -> Self {
        Past(Arc::new(Mutex::new(Timestamp::now())))
    }

    /// As the journal takes it. Every look moves it on by a minute: work takes time.
    pub fn clock(&self) -> Clock {
        let hands = self.0.clone();
        Arc::new(move || {
            let mut hands = hands.lock().unwrap_or_else(PoisonError::into_inner);
            let now = *hands;
            *hands = now.saturating_add(1.minute()).unwrap_or(now);
            now
        })
    }

    /// Sets it to the morning of a day in Vietnam.
    pub fn go_to(&self, day: Date) -> Result<(), jiff::Error> {
        let vietnam = viet::date::VIETNAM.to_time_zone();
        let morning = day.to_datetime(time(8, 0, 0, 0)).to_zoned(vietnam)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = morning.timestamp();
        Ok(())
    }
}
