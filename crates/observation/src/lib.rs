//! Values of indicators, with stage, source, vintage and evidence
