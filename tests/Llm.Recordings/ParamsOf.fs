// Parameters of a call: as the expected files dumped them, and as a recorded request holds them, for streams, whose files do not.
module Llm.Recordings.ParamsOf

open System.Text.Json
open Llm.Core
open Llm.Recordings.Element
open Llm.Recordings.Formats

let private levels =
    [
        "none", ThinkingLevel.None
        "default", ThinkingLevel.Default
        "minimal", ThinkingLevel.Minimal
        "low", ThinkingLevel.Low
        "medium", ThinkingLevel.Medium
        "high", ThinkingLevel.High
        "max", ThinkingLevel.Max
    ]

let private thinking (dumped: JsonElement) : Thinking option =
    tryText "level" dumped
    |> Option.bind (fun level -> levels |> List.tryFind (fun (name, _) -> name = level))
    |> Option.map (fun (_, level) ->
        {
            Level = level
            IncludeThoughts = tryFlag "include_thoughts" dumped |> Option.defaultValue false
            EncodeThoughtsAsText = tryFlag "encode_thoughts_as_text" dumped |> Option.defaultValue false
        })

/// Parameters as they were dumped.
let expected (dumped: JsonElement) : Params =
    { Params.none with
        Temperature = tryNumber "temperature" dumped
        MaxTokens = tryNumber "max_tokens" dumped |> Option.map int
        TopP = tryNumber "top_p" dumped
        TopK = tryNumber "top_k" dumped |> Option.map int
        Seed = tryNumber "seed" dumped |> Option.map int64
        StopSequences = itemsOf "stop_sequences" dumped |> List.map text
        Thinking = tryMember "thinking" dumped |> Option.bind thinking
    }

/// Where a format has its parameters, as paths into the body; the first that is there counts.
type private Places =
    {
        Temperature: string list list
        MaxTokens: string list list
        TopP: string list list
        TopK: string list list
        Seed: string list list
        Stop: string list list
        Thinking: string list list
    }

let private places (format: Format) : Places =
    let top names = names |> List.map List.singleton
    let config names = names |> List.map (fun name -> [ "generationConfig"; name ])

    let plain =
        {
            Temperature = top [ "temperature" ]
            MaxTokens = top [ "max_completion_tokens"; "max_output_tokens"; "max_tokens" ]
            TopP = top [ "top_p" ]
            TopK = top [ "top_k" ]
            Seed = top [ "seed" ]
            Stop = top [ "stop"; "stop_sequences" ]
            Thinking = top [ "thinking"; "reasoning"; "reasoning_effort" ]
        }

    match format with
    | Format.ChatCompletions
    | Format.Responses
    | Format.AnthropicMessages
    | Format.BedrockConverse
    | Format.CohereChat
    | Format.OllamaChat
    | Format.OllamaGenerate -> plain
    | Format.GenerateContent ->
        {
            Temperature = config [ "temperature" ]
            MaxTokens = config [ "maxOutputTokens" ]
            TopP = config [ "topP" ]
            TopK = config [ "topK" ]
            Seed = config [ "seed" ]
            Stop = config [ "stopSequences" ]
            Thinking = config [ "thinkingConfig" ]
        }

/// Every way of asking for thoughts: a wire's spelling of a level does not say which level it was, so each is tried.
let private anyThinking: Thinking option list =
    [
        for _, level in levels do
            for included in [ false; true ] do
                Some { Level = level; IncludeThoughts = included; EncodeThoughtsAsText = false }
    ]

/// The parameters that a recorded request may have been made with; one of them for each way of asking for the thinking that it has.
let recorded (format: Format) (body: JsonElement) : Params list =
    let places = places format
    let find paths = paths |> List.tryPick (fun path -> tryPath path body)
    let number paths = find paths |> Option.filter (fun value -> value.ValueKind = JsonValueKind.Number) |> Option.map _.GetDouble()

    let stops =
        match find places.Stop with
        | Some only when only.ValueKind = JsonValueKind.String -> [ text only ]
        | Some several -> items several |> List.map text
        | None -> []

    let without =
        { Params.none with
            Temperature = number places.Temperature
            MaxTokens = number places.MaxTokens |> Option.map int
            TopP = number places.TopP
            TopK = number places.TopK |> Option.map int
            Seed = number places.Seed |> Option.map int64
            StopSequences = stops
        }

    match find places.Thinking with
    | None -> [ without ]
    | Some _ -> anyThinking |> List.map (fun thinking -> { without with Thinking = thinking })
