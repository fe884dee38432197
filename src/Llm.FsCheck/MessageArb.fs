// Messages, and conversations as they happen: what a model called is answered, and the user has the last word.
namespace Llm.FsCheck

open FsCheck
open FsCheck.FSharp
open Llm.Core

/// <summary>
/// A conversation that every provider can be sent: instructions first if any, users and assistants in turn, every tool call answered
/// by the next message, the last word the user's.
/// </summary>
type Dialogue =
    /// The messages, in order.
    | Dialogue of Message list

    /// The messages, in order.
    member this.Messages =
        let (Dialogue messages) = this
        messages

/// <summary>Arbitrary messages.</summary>
[<RequireQualifiedAccess>]
module MessageArb =
    /// Where an assistant message came from; the native form is an array, as providers' items are.
    let origin: Arbitrary<Origin> =
        let native = Arb.list (Combine.small JsonArb.value) |> Combine.small

        let ofItems (items: Json list) = "[" + String.concat "," (List.map Json.text items) + "]" |> Json.tryParse |> Result.toOption

        let nativeForm =
            Arb.fromGenShrink (
                Gen.oneof [ Gen.constant None; Gen.map ofItems (Combine.gen native) ],
                fun json -> if Option.isNone json then Seq.empty else Seq.singleton None
            )

        Combine.zip4 TextArb.name TextArb.name TextArb.name nativeForm
        |> Combine.convert
            (fun (provider, api, model, native) -> { Provider = provider; Api = api; Model = model; Native = native })
            (fun origin -> origin.Provider, origin.Api, origin.Model, origin.Native)

    /// What a model said.
    let assistantMessage: Arbitrary<AssistantMessage> =
        Combine.zip3 (Arb.list (Combine.small ContentArb.assistantPart)) (Arb.option TextArb.text) (Arb.option origin)
        |> Combine.convert (fun (content, name, origin) -> { Content = content; Name = name; Origin = origin }) (fun message ->
            message.Content, message.Name, message.Origin)

    let private named (name: string option) (message: Message) =
        match name with
        | Some name -> Message.withName name message
        | None -> message

    let private userOf (first: UserPart) (others: UserPart list) (name: string option) : Message =
        match Message.userParts (first :: others) with
        | Ok message -> named name message
        | Error error -> invalidOp (LlmError.render error)

    /// What a user says.
    let user: Arbitrary<Message> =
        let parts = Arb.list (Combine.small ContentArb.userPart)
        let name = Arb.option TextArb.text

        let shrink (message: Message) =
            match message with
            | Message.User user -> seq {
                for content in Combine.shrink parts user.Content do
                    match content with
                    | first :: others -> yield userOf first others user.Name
                    | [] -> ()

                for shorter in Combine.shrink name user.Name do
                    match user.Content with
                    | first :: others -> yield userOf first others shorter
                    | [] -> ()
              }
            | Message.System _
            | Message.Assistant _ -> Seq.empty

        let generate =
            Gen.map3 userOf (Combine.gen (Combine.small ContentArb.userPart)) (Combine.gen (Combine.small parts)) (Combine.gen name)

        Arb.fromGenShrink (generate, shrink)

    /// Any message.
    let message: Arbitrary<Message> =
        Combine.cases
            [
                TextArb.text
                |> Combine.case Message.System (function
                    | Message.System text -> Some text
                    | _ -> None)
                user |> Combine.weighted 2 id Some
                assistantMessage
                |> Combine.weighted 2 Message.Assistant (function
                    | Message.Assistant message -> Some message
                    | _ -> None)
            ]

    /// Any list of messages, legal or not: what can be stored.
    let conversation: Arbitrary<Message list> = Arb.list (Combine.small message)

    /// The calls of a message get ids of their own, and the next message gets their outputs.
    let private answers (turn: int) (message: AssistantMessage) : AssistantMessage * UserPart list =
        let content =
            message.Content
            |> List.mapi (fun index part ->
                match part with
                | AssistantPart.ToolCall call -> AssistantPart.ToolCall { call with Id = $"call_{turn}_{index}" }
                | other -> other)

        let outputs =
            Content.toolCalls content
            |> List.map (fun call ->
                UserPart.ToolOutput { Id = call.Id; Name = call.Name; Result = $"result of {call.Id}"; IsError = false })

        { message with Content = content }, outputs

    let private turnsOf (turns: (AssistantMessage * UserPart) list) : Message list =
        turns
        |> List.mapi (fun turn (assistant, more) ->
            let answered, outputs = answers turn assistant

            let reply =
                match outputs with
                | [] -> userOf more [] None
                | first :: others -> userOf first others None

            [ Message.Assistant answered; reply ])
        |> List.concat

    /// <summary>Conversations as they happen.</summary>
    let dialogue: Arbitrary<Dialogue> =
        let said = Arb.list (Combine.small ContentArb.replyPart) |> Arb.filter (List.isEmpty >> not)

        let assistant =
            Combine.zip said (Arb.option origin)
            |> Combine.convert (fun (content, origin) -> { Content = content; Name = None; Origin = origin }) (fun message ->
                message.Content, message.Origin)

        let content = Combine.small ContentArb.userContent
        let turns = Arb.list (Combine.zip assistant content) |> Combine.small

        let build (system: string option) (first: UserPart) turns =
            Dialogue((system |> Option.map Message.system |> Option.toList) @ (userOf first [] None :: turnsOf turns))

        /// Without its last turn, or without its instructions.
        let shrink (Dialogue messages) =
            match messages with
            | Message.System _ :: rest -> Seq.singleton (Dialogue rest)
            | _ when messages.Length >= 3 -> Seq.singleton (Dialogue(List.take (messages.Length - 2) messages))
            | _ -> Seq.empty

        Arb.fromGenShrink (Gen.map3 build (Combine.gen (Arb.option TextArb.nonBlank)) (Combine.gen content) (Combine.gen turns), shrink)
