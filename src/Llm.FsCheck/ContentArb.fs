// The parts of messages: bytes, images, audio, documents, tool calls and their outputs.
namespace Llm.FsCheck

open System
open FsCheck
open FsCheck.FSharp
open Llm.Core

/// <summary>Arbitrary content.</summary>
[<RequireQualifiedAccess>]
module ContentArb =
    /// Bytes, none or some.
    let bytes: Arbitrary<Bytes> =
        Arb.array (Combine.range 0L 255L |> Combine.convert byte int64) |> Combine.convert Bytes.ofArray Bytes.toArray

    /// An absolute address.
    let url: Arbitrary<string> =
        TextArb.name
        |> Combine.convert (fun name -> $"https://example.com/{name}") (fun url -> url.Substring("https://example.com/".Length))

    let private mediaTypes (kind: string) (first: string) (others: string list) : Arbitrary<string> =
        Combine.elements $"{kind}/{first}" (others |> List.map (fun name -> $"{kind}/{name}"))

    /// An image by its bytes or its address.
    let image: Arbitrary<Image> =
        Combine.cases
            [
                Combine.zip (mediaTypes "image" "png" [ "jpeg"; "webp"; "gif" ]) bytes
                |> Combine.case Image.Inline (fun image ->
                    match image with
                    | Image.Inline(mediaType, data) -> Some(mediaType, data)
                    | Image.Url _ -> None)

                url
                |> Combine.case Image.Url (fun image ->
                    match image with
                    | Image.Url url -> Some url
                    | Image.Inline _ -> None)
            ]

    /// Audio that a user says.
    let audio: Arbitrary<Audio> =
        Combine.zip (mediaTypes "audio" "wav" [ "mp3"; "flac"; "ogg" ]) bytes
        |> Combine.convert (fun (mediaType, data) -> { MediaType = mediaType; Data = data }) (fun audio -> audio.MediaType, audio.Data)

    /// A document by its bytes, its text or its address.
    let document: Arbitrary<Document> =
        Combine.cases
            [
                Combine.zip (mediaTypes "application" "pdf" [ "json" ]) bytes
                |> Combine.case Document.Inline (fun document ->
                    match document with
                    | Document.Inline(mediaType, data) -> Some(mediaType, data)
                    | _ -> None)

                Combine.zip (mediaTypes "text" "plain" [ "markdown"; "csv" ]) TextArb.text
                |> Combine.case Document.Text (fun document ->
                    match document with
                    | Document.Text(mediaType, text) -> Some(mediaType, text)
                    | _ -> None)

                url
                |> Combine.case Document.Url (fun document ->
                    match document with
                    | Document.Url url -> Some url
                    | _ -> None)
            ]

    /// The arguments of a tool call: mostly an object, now and then what a model leaves that ran out of tokens. Never blank.
    let arguments: Arbitrary<string> =
        let objects = Combine.gen (Combine.small JsonArb.object) |> Gen.map Json.text

        let cutOff =
            Gen.map2 (fun (text: string) length -> text.Substring(0, 1 + length % text.Length)) objects (Gen.choose (0, 1000))

        Arb.fromGenShrink (
            Gen.frequency [ 6, objects; 2, Gen.constant "{}"; 1, cutOff; 1, Combine.gen TextArb.nonBlank ],
            fun text -> if text = "{}" then Seq.empty else Seq.append [ "{}" ] (Combine.shrink TextArb.nonBlank text)
        )

    /// A tool call; its id and name are never empty.
    let toolCall: Arbitrary<ToolCall> =
        Combine.zip3 TextArb.name TextArb.name arguments
        |> Combine.convert (fun (id, name, arguments) -> { Id = id; Name = name; Arguments = arguments }) (fun call ->
            call.Id, call.Name, call.Arguments)

    let private truth: Arbitrary<bool> = Combine.elements false [ true ]

    /// The output of a tool.
    let toolOutput: Arbitrary<ToolOutput> =
        Combine.zip4 TextArb.name TextArb.name TextArb.text truth
        |> Combine.convert (fun (id, name, result, isError) -> { Id = id; Name = name; Result = result; IsError = isError }) (fun output ->
            output.Id, output.Name, output.Result, output.IsError)

    /// Audio that a model said.
    let spokenAudio: Arbitrary<SpokenAudio> =
        Combine.zip3 (Arb.option TextArb.name) bytes TextArb.text
        |> Combine.convert (fun (id, data, transcript) -> { SpokenAudio.Id = id; Data = data; Transcript = transcript }) (fun audio ->
            audio.Id, audio.Data, audio.Transcript)

    /// What only one provider understands.
    let providerPart: Arbitrary<ProviderPart> =
        Combine.zip TextArb.name (Combine.small JsonArb.value)
        |> Combine.convert (fun (kind, json) -> { Kind = kind; Json = json }) (fun part -> part.Kind, part.Json)

    /// Any part of what a user says, except outputs of tools.
    let userContent: Arbitrary<UserPart> =
        Combine.cases
            [
                TextArb.text
                |> Combine.weighted 4 UserPart.Text (function
                    | UserPart.Text text -> Some text
                    | _ -> None)
                image
                |> Combine.case UserPart.Image (function
                    | UserPart.Image image -> Some image
                    | _ -> None)
                audio
                |> Combine.case UserPart.Audio (function
                    | UserPart.Audio audio -> Some audio
                    | _ -> None)
                document
                |> Combine.case UserPart.Document (function
                    | UserPart.Document document -> Some document
                    | _ -> None)
            ]

    /// Any part of what a user says.
    let userPart: Arbitrary<UserPart> =
        Combine.cases
            [
                userContent |> Combine.weighted 4 id Some
                toolOutput
                |> Combine.case UserPart.ToolOutput (function
                    | UserPart.ToolOutput output -> Some output
                    | _ -> None)
            ]

    let private assistantPartWith (text: Arbitrary<string>) : Arbitrary<AssistantPart> =
        Combine.cases
            [
                text
                |> Combine.weighted 4 AssistantPart.Text (function
                    | AssistantPart.Text text -> Some text
                    | _ -> None)
                text
                |> Combine.weighted 2 AssistantPart.Thought (function
                    | AssistantPart.Thought thought -> Some thought
                    | _ -> None)
                toolCall
                |> Combine.weighted 3 AssistantPart.ToolCall (function
                    | AssistantPart.ToolCall call -> Some call
                    | _ -> None)
                spokenAudio
                |> Combine.case AssistantPart.Audio (function
                    | AssistantPart.Audio audio -> Some audio
                    | _ -> None)
                image
                |> Combine.case AssistantPart.Image (function
                    | AssistantPart.Image image -> Some image
                    | _ -> None)
                providerPart
                |> Combine.case AssistantPart.Other (function
                    | AssistantPart.Other other -> Some other
                    | _ -> None)
            ]

    /// Any part of what a model says; texts may be empty.
    let assistantPart: Arbitrary<AssistantPart> = assistantPartWith TextArb.text

    /// A part as a reply holds it: texts and thoughts are never empty.
    let replyPart: Arbitrary<AssistantPart> = assistantPartWith TextArb.nonEmpty
