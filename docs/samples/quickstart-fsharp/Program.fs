// The first program with Llm: it streams an answer and tells how many tokens it took.
module Quickstart.Program

open System
open System.Threading
open Llm.Core
open Llm.Samples.Loopback

let recommend (model: Model) = task {
    match! model |> Model.stream [ Message.user "Please recommend a fantasy book." ] CancellationToken.None with
    | Error error -> return Error error
    | Ok stream ->
        use stream = stream
        let! _ = stream |> StreamResponse.iterText (printf "%s") CancellationToken.None
        return! stream |> StreamResponse.response CancellationToken.None
}

/// The models of the providers whose keys are set.
let models =
    [
        "OPENAI_API_KEY", "openai/gpt-5-mini"
        "ANTHROPIC_API_KEY", "anthropic/claude-haiku-4-5"
        "GOOGLE_API_KEY", "google/gemini-2.5-flash"
        "GEMINI_API_KEY", "google/gemini-2.5-flash"
    ]
    |> List.filter (fun (variable, _) -> not (String.IsNullOrEmpty(Environment.GetEnvironmentVariable variable)))
    |> List.map (snd >> Model.parse)

/// A model on this machine, for a try without a key.
let offline (server: LoopbackServer) =
    let provider = Vendors.anthropic |> Provider.withBaseUrl server.BaseUrl |> Provider.withKey "none"
    Model.parse "loopback/bookworm" |> Model.withClient (Client.standard |> Client.withProvider "loopback/" provider)

[<EntryPoint>]
let main _ =
    use server = LoopbackServer.Start()

    let model =
        match models with
        | model :: _ -> model
        | [] ->
            printfn "No API key is set, so this runs offline, against a server on this machine."
            offline server

    printfn "%s says:\n" model.Id

    match (recommend model).Result with
    | Ok response ->
        response.Usage
        |> Option.iter (fun usage -> printfn "\n\n%d tokens in, %d tokens out" usage.InputTokens usage.OutputTokens)

        0
    | Error error ->
        eprintfn "\n%s" (LlmError.render error)
        1
