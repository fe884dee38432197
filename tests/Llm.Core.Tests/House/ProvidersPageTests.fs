/// The page of providers is what the encoders say, and what they say holds in every cell.
module Llm.Core.Tests.ProvidersPageTests

open System
open System.IO
open System.Text
open NUnit.Framework
open Llm.Core

let private page () = Path.Combine(Repository.root, "docs", "providers.md")

[<Test>]
let ``the page is what the encoders say`` () =
    if Environment.GetEnvironmentVariable "LLM_APPROVE_DOCS" = "1" then
        File.WriteAllText(page (), ProvidersPage.text ())

    Assert.That(File.ReadAllText(page ()), Is.EqualTo(ProvidersPage.text ()))

let private cells =
    [
        for family in ModelFamily.all Vendors.registry do
            for feature in Feature.all do
                family.Example, feature
    ]

let private base64 = Bytes.toBase64 Probe.bytes

/// What a request that asks for a feature must hold, all of it; where there are several ways to say it, what one of them holds.
let private marks (feature: Feature) : string list list =
    match feature with
    | Feature.Streaming -> [ [ "\"stream\":true" ]; [ "stream" ] ]
    | Feature.Tools -> [ [ $"\"{Probe.toolName}\""; "probed_argument" ] ]
    | Feature.RequiredTool -> [ [ "required" ]; [ "\"any\"" ]; [ "REQUIRED" ]; [ "ANY" ] ]
    | Feature.NamedTool -> [ [ $"\"{Probe.toolName}\""; "choice" ]; [ $"\"{Probe.toolName}\""; "toolChoice" ]; [ "allowedFunctionNames" ] ]
    | Feature.StrictTools -> [ [ "strict"; "true" ] ]
    | Feature.WebSearch -> [ [ "web_search" ]; [ "googleSearch" ]; [ "google_search" ]; [ "nova_grounding" ] ]
    | Feature.StrictFormat
    | Feature.ToolFormat
    | Feature.JsonFormat
    | Feature.FormatWithTools -> [ [ "probed_property" ] ]
    | Feature.Thinking -> [ [ "thinking" ]; [ "reasoning" ]; [ "think" ] ]
    | Feature.NoThinking -> [ [ "thinking" ]; [ "reasoning" ]; [ "think" ] ]
    | Feature.ImageBytes
    | Feature.AudioBytes
    | Feature.DocumentBytes -> [ [ base64 ]; [ base64.Replace('+', '-').Replace('/', '_') ] ]
    | Feature.ImageUrl -> [ [ Probe.imageUrl ] ]
    | Feature.DocumentText ->
        [ [ Probe.documentText ]; [ Convert.ToBase64String(Encoding.UTF8.GetBytes Probe.documentText) ] ]
    | Feature.DocumentUrl -> [ [ Probe.documentUrl ] ]
    | Feature.MaxTokens -> [ [ "4321" ] ]
    | Feature.Temperature -> [ [ "0.625" ] ]
    | Feature.TopP -> [ [ "0.875" ] ]
    | Feature.TopK -> [ [ "37" ] ]
    | Feature.Seed -> [ [ "246813" ] ]
    | Feature.StopSequences -> [ [ Probe.stop ] ]
    | Feature.PromptCaching -> [ [ "cache_control" ]; [ "cachePoint" ] ]
    // None to be called: said, or not shown at all.
    | Feature.NoTool
    | Feature.TokenCounting
    | Feature.ModelListing -> []

let private routed (modelId: string) (feature: Feature) : Codec * Request =
    let found =
        Registry.resolve modelId Vendors.registry
        |> Result.bind (fun (struct (provider, model)) -> provider.Route (Probe.ofFeature feature model).With)
        |> Result.map (fun (struct (codec, request)) -> codec, request)

    match found with
    | Ok found -> found
    | Error error -> failwith (LlmError.render error)

/// Path and body.
let private sent (encoded: EncodedRequest) : string = encoded.Path + " " + Json.text (Inquiries.bodyOf encoded)

let private holds (text: string) (ways: string list list) : bool =
    ways |> List.exists (List.forall (fun mark -> text.Contains(mark, StringComparison.Ordinal)))

/// What is wrong with a cell of an endpoint beside calls.
let private wrongEndpoint (codec: Codec) (request: Request) (feature: Feature) : string option =
    match feature with
    | Feature.TokenCounting ->
        match codec.TokenCounter |> Option.map (fun counter -> counter.Encode request) with
        | Some(Ok question) when (sent question).Contains(Probe.question, StringComparison.Ordinal) -> None
        // Bedrock is given the body of an invocation in base64.
        | Some(Ok question) when (sent question).Contains("invokeModel", StringComparison.Ordinal) -> None
        | other -> Some $"its question is {other}"
    | _ ->
        match codec.ModelListing with
        | Some listing when listing.Path None <> "" -> None
        | _ -> Some "it has no path"

/// What is wrong with a cell; None where it holds.
let private wrong (modelId: string) (feature: Feature) : string option =
    let codec, request = routed modelId feature
    let ways = marks feature

    match Capability.ofModel modelId feature Vendors.registry, codec.Encode request with
    | Ok(Capability.Refused(_, Some instead)), _ when instead <> "" -> None
    | Ok(Capability.Refused(reason, _)), _ -> Some $"refused without an alternative: {reason}"
    | Ok Capability.Supported, Ok _ when feature = Feature.TokenCounting || feature = Feature.ModelListing ->
        wrongEndpoint codec request feature
    | Ok Capability.Supported, Ok encoded when List.isEmpty ways || holds (sent encoded) ways -> None
    | Ok Capability.Supported, Ok encoded -> Some $"not in {sent encoded}"
    | Ok Capability.Unsaid, Ok _ when feature = Feature.NoThinking || feature = Feature.PromptCaching -> None
    | Ok(Capability.LeftOut warning), Ok encoded when warning <> "" && not (holds (sent encoded) (List.filter (List.isEmpty >> not) ways)) ->
        None
    | capability, encoded -> Some $"{capability}: {encoded |> Result.map sent}"

[<Test>]
let ``every cell holds: what is supported is sent, what is left out is not, what is refused has an alternative`` () =
    let broken =
        cells
        |> List.choose (fun (modelId, feature) -> wrong modelId feature |> Option.map (fun reason -> $"{modelId} {feature}: {reason}"))

    Assert.That(broken, Is.Empty, String.Join("\n", broken))

[<Test>]
let ``features of a model are known by its id`` () =
    let ofModel id feature = Capability.ofModel id feature Vendors.registry
    Assert.That((ofModel "anthropic/claude-sonnet-4-5" Feature.Tools = Ok Capability.Supported))
    Assert.That((ofModel "anthropic/claude-opus-4-7" Feature.Temperature |> Result.map _.IsLeftOut = Ok true))
    Assert.That((ofModel "cohere/command-r-08-2024" Feature.RequiredTool |> Result.map _.IsRefused = Ok true))
    Assert.That((ofModel "nobody/x" Feature.Tools |> Result.isError))
