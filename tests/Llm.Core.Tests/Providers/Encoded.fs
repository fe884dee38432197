// Requests with tools and formats, and how tests of encoders look into what became of them.
module Llm.Core.Tests.Encoded

open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open System.Text.Json.Nodes
open NUnit.Framework
open Llm.Core

/// Lists are compared as values.
let equalTo (expected: 'value) = Is.EqualTo(box expected)

let json (text: string) : Json =
    match Json.tryParse text with
    | Ok value -> value
    | Error reason -> failwith reason

/// A closed object of one string.
let objectOf (property: string) : Json =
    json $"""{{"type":"object","properties":{{"{property}":{{"type":"string"}}}},"required":["{property}"],"additionalProperties":false}}"""

let tool (name: string) : ToolDefinition = { Name = name; Description = $"Does {name}."; Parameters = objectOf "city"; Strict = None }

let format (mode: FormatMode option) : OutputFormat =
    { Name = "Place"; Description = None; Schema = objectOf "name"; Mode = mode; Instructions = None }

let withTools (choice: ToolChoice) (definitions: ToolDefinition list) (request: Request) : Request =
    { request with Tools = { Definitions = definitions; Provided = []; Choice = choice } }

let withFormat (mode: FormatMode option) (request: Request) : Request = { request with Format = Some(format mode) }

let encodeWith (codec: Codec) (request: Request) : EncodedRequest =
    match codec.Encode request with
    | Ok encoded -> encoded
    | Error error -> failwith (LlmError.render error)

/// What a feature that is refused is called.
let refusedFeature (codec: Codec) (request: Request) : string =
    match codec.Encode request with
    | Error(LlmError.FeatureNotSupported(feature, _, _, Some _)) -> feature
    | other -> failwith $"{other}"

let private relaxed = JsonSerializerOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

let body (encoded: EncodedRequest) : JsonNode = JsonNode.Parse(RequestBody.text encoded.Body)

/// The member at a path such as "messages/0/content", as JSON; empty where there is none.
let at (path: string) (encoded: EncodedRequest) : string =
    let step (node: JsonNode) (name: string) =
        match node with
        | null -> null
        | :? JsonArray as items -> if int name < items.Count then items[int name] else null
        | _ -> node[name]

    match path.Split '/' |> Array.fold step (body encoded) with
    | null -> ""
    | node -> node.ToJsonString relaxed

let features (encoded: EncodedRequest) : string list = encoded.Warnings |> List.map (fun warning -> warning.Feature)

let modeOf (encoded: EncodedRequest) : FormatMode option = encoded.Format |> Option.bind (fun format -> format.Mode)
