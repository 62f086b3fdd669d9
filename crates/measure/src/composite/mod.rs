//! Composite indices: many indicators made one score and a rank.
//!
//! Source of doctrine: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008). The formulas of each step
//! are those of the reference implementation COINr 1.1.14, against whose published results they are tested.
//! Order of the steps: denominate, impute, screen, treat, normalise, weigh, aggregate; then audit and uncertainty.
//!
//! A missing value stays missing until a step says what becomes of it: it takes no part in statistics, and at
//! aggregation it is dropped and the remaining weights are renormalised.

mod aggregate;
mod audit;
mod build;
mod hierarchy;
mod normalise;
mod official;
mod prepare;
mod sobol;
mod table;
mod treat;
mod uncertainty;
mod weights;

pub use aggregate::{Aggregation, aggregate};
pub use audit::{Audit, GroupAudit, LeftOut, audit, leave_one_out};
pub use build::{Built, Method, build};
pub use hierarchy::{Element, Hierarchy, Weights};
pub use normalise::{Normalisation, Unnormalised, normalise, normalise_column};
pub use official::{Component, PointPart, innovation_index, points_index};
pub use prepare::{Imputation, denominate, impute, screen};
pub use sobol::{Sensitivity, SensitivityDesign, sensitivity_design, sobol};
pub use table::{Table, competition_ranks};
pub use treat::{Treated, Treatment, treat, treat_column, winsorise};
pub use uncertainty::{Options, Plan, RankSpread, Replayed, Run, draw, replay};
pub use weights::{Evened, even_correlations, noisy, principal_component};
