//! Packets through rules against upstream's tables, and requests through whole clusters.

mod flows;
mod requests;
