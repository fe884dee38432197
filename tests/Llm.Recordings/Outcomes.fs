// What became of an exchange, through the same codec and stream code that users get. Bodies are never parsed here.
module Llm.Recordings.Outcomes

open System
open Llm.Core
open Llm.Recordings.Recording

/// What became of it.
[<RequireQualifiedAccess>]
type Outcome =
    | Complete
    | Truncated
    | Failed
    | Error
    | Unsupported

/// What the library made of an exchange.
type Decoded =
    {
        Exchange: Exchange
        Stream: bool
        Outcome: Outcome
        Codec: Codec option
        Reply: Reply option
        Error: LlmError option
        Chunks: int
        /// The law that broke, or "ok"; None where no law is due.
        Laws: string option
        /// The exception that the library threw: always a defect.
        Defect: exn option
    }

let private nothing (exchange: Exchange) (codec: Codec option) (outcome: Outcome) : Decoded =
    {
        Exchange = exchange
        Stream = isStream exchange
        Outcome = outcome
        Codec = codec
        Reply = None
        Error = None
        Chunks = 0
        Laws = None
        Defect = None
    }

let private refused (codec: Codec) (response: RecordedResponse) (decoded: Decoded) : Decoded =
    let answer: ErrorAnswer = { Status = response.Status; Headers = response.Headers; Body = response.Body }

    { decoded with Outcome = Outcome.Error; Error = Some(codec.DecodeError answer) }

/// The transport breaks after the last byte: what needs more bytes has failed.
let private connectionError (exchange: Exchange) = LlmError.Connection(exchange.Provider, "the connection was reset")

let private streamed (codec: Codec) (response: RecordedResponse) (decoded: Decoded) : Decoded =
    let chunks, ending = Reading.read codec [ response.Body ]
    let broken = Laws.broken codec decoded.Exchange.Id response.Body
    let read = { decoded with Chunks = chunks.Length; Laws = Some(Option.defaultValue "ok" broken) }

    match ending with
    | Ending.Complete reply -> { read with Outcome = Outcome.Complete; Reply = Some reply }
    | Ending.Failed(partial, error) -> { read with Outcome = Outcome.Failed; Reply = Some partial; Error = Some error }
    | Ending.Truncated partial when response.ConnectionReset ->
        { read with
            Outcome = Outcome.Failed
            Reply = Some partial
            Error = Some(connectionError decoded.Exchange)
        }
    | Ending.Truncated partial -> { read with Outcome = Outcome.Truncated; Reply = Some partial }

let private wholly (codec: Codec) (response: RecordedResponse) (decoded: Decoded) : Decoded =
    let chunks = codec.DecodeWhole response.Body |> Result.map List.length |> Result.defaultValue 0

    match Codec.decode response.Body codec with
    | Ok reply -> { decoded with Outcome = Outcome.Complete; Reply = Some reply; Chunks = chunks }
    | Error(LlmError.InvalidResponse _) when response.ConnectionReset ->
        { decoded with Outcome = Outcome.Failed; Error = Some(connectionError decoded.Exchange) }
    | Error error -> { decoded with Outcome = Outcome.Error; Error = Some error }

/// What the library throws is its defect, and is shown as one.
let private thrown (exchange: Exchange) (codec: Codec) (defect: exn) : Decoded =
    let decoded = nothing exchange (Some codec) Outcome.Failed

    { decoded with
        Error = Some(LlmError.InvalidResponse(exchange.Provider, $"the library threw {defect.GetType().Name}: {defect.Message}", ""))
        Laws = Some "no exception"
        Defect = Some defect
    }

/// Reads an exchange.
let decode (exchange: Exchange) : Decoded =
    match Codecs.tryCodec exchange with
    | None -> nothing exchange None Outcome.Unsupported
    | Some codec ->
        let response = exchange.Response
        let decoded = nothing exchange (Some codec) Outcome.Complete

        try
            if response.Status >= 400 then refused codec response decoded
            elif decoded.Stream then streamed codec response decoded
            else wholly codec response decoded
        with defect ->
            thrown exchange codec defect
