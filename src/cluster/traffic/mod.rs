//! Requests that are followed hop by hop.

/// A request that is followed.
#[derive(Clone, Debug)]
pub(crate) struct Journey {}
