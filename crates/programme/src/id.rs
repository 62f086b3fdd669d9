//! Identities: UUIDv7, made at the edge and passed in with the command.

use journal::StreamId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident of $family:literal;)*) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identity, sortable by the moment it was made.
            #[allow(clippy::new_without_default, reason = "two calls differ: a default would lie")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Its stream in the journal.
            pub fn stream(self) -> StreamId {
                StreamId::new($family, self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$name> for journal::Value {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        })*
    };
}

ids! {
    /// A document handed in.
    DocumentId of "document";
    /// A programme.
    ProgrammeId of "programme";
    /// A target adopted into a programme.
    TargetId of "target";
    /// An assigned task adopted into a programme.
    TaskId of "task";
}
