// Runs the samples of chains, offline.
module Samples.Program

[<EntryPoint>]
let main _ =
    Samples.Chains.lines().Result |> List.iter (printfn "%s")
    0
