use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identity, made at the edge and passed in the command.
            #[allow(clippy::new_without_default, reason = "every call gives another value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

uuid_id! {
    /// Identity of one observation.
    ObservationId
}
uuid_id! {
    /// Identity of a batch of observations accepted at once.
    BatchId
}

uuid_id! {
    /// Identity of a survey.
    SurveyId
}
uuid_id! {
    /// Identity of an import whose file makes more than one batch.
    ImportId
}

impl ObservationId {
    /// Identity of a row of a batch: the batch's with its last 32 bits replaced by the row's number, so
    /// that a million identities need no room in the batch and its rows lie side by side in an index.
    pub fn of_row(batch: BatchId, row: u32) -> Self {
        let mut bytes = *batch.0.as_bytes();
        bytes[12..].copy_from_slice(&row.to_be_bytes());
        Self(Uuid::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_batch_differ_and_keep_their_order() {
        let batch = BatchId::new();
        let ids: Vec<_> = (0..3)
            .map(|row| ObservationId::of_row(batch, row))
            .collect();
        assert!(ids[0] < ids[1] && ids[1] < ids[2]);
        assert_ne!(ids[0], ObservationId::of_row(BatchId::new(), 0));
        assert_eq!(ids[2].to_string().parse(), Ok(ids[2]));
    }
}
