// The codec that users of a provider get, for each provider of the recordings. A vendor without a dialect of its own speaks the standard.
module Llm.Recordings.Codecs

open Llm.Core
open Llm.Recordings.Formats
open Llm.Recordings.Recording

let private missing (api: string) : Codec =
    let error = LlmError.InvalidResponse(api, "this codec is not there yet", "")

    {
        Api = api
        Encode = fun _ -> Error error
        DecodeWhole = fun _ -> Error error
        Decoder = Decoder.create (fun _ _ -> Error error) (fun _ -> false) "start"
        DecodeError = fun _ -> error
    }

/// The codec of an exchange; None where it generates nothing or no codec reads it yet.
let tryCodec (exchange: Exchange) : Codec option =
    tryFormat exchange
    |> Option.map (fun format ->
        match format with
        | Format.ChatCompletions -> missing "chat"
        | Format.Responses -> missing "responses"
        | Format.AnthropicMessages -> missing "messages"
        | Format.GenerateContent -> missing "generateContent")
