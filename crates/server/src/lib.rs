//! Pages and API: one route, three representations
