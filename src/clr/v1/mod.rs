//! CLR 1.0 (final, January 2021).
