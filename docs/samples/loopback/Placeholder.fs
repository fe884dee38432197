/// Holds the place of the local server that the samples talk to.
module Llm.Samples.Loopback.Placeholder

/// `name` is the name of the server.
let name = "loopback"
