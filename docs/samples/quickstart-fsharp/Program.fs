/// The first program with Llm, in F#.
module Quickstart.Program

[<EntryPoint>]
let main args =
    printfn "%s over %s %A" "Llm" Llm.Samples.Loopback.Placeholder.name args
    0
