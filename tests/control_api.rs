//! The approval page's API and the gate pages, in process: every endpoint, each refusal, each role, on an embedded store and a clock
//! that the tests move.

#[path = "control_api/decisions.rs"]
mod decisions;
#[path = "control_api/gate.rs"]
mod gate;
#[path = "control_api/house.rs"]
mod house;
#[path = "control_api/matrix.rs"]
mod matrix;
#[path = "control_api/page.rs"]
mod page;
#[path = "control_api/sessions.rs"]
mod sessions;
