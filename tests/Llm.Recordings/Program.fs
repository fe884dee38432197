/// Runs the library over recorded traffic.
module Llm.Recordings.Program

[<EntryPoint>]
let main _ =
    printfn "%s" "Llm"
    0
