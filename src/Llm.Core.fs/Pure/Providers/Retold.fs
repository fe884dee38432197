// A conversation as a format is about to write it. Nearly all messages of a long one are plain text, which is written from the message
// itself; only what the others become is kept, so that a history of thousands costs nothing besides. Formats that look at all messages
// before they write any are built on it (Anthropic's messages, generateContent, Converse); it knows none of them.
namespace Llm.Core

open System.Collections.Generic

/// How a message is said in a format.
[<Struct; NoComparison; NoEquality>]
type internal Telling<'content> =
    /// As the text that it is.
    | Plain
    /// In terms of the format.
    | Told of 'content
    /// Not at all.
    | LeftOut

/// A message that is not plain, by its place in the conversation.
[<Struct; NoComparison; NoEquality>]
type internal RetoldMessage<'content> = { Position: int; Telling: Telling<'content> }

/// The messages, and in their order those that are not plain.
[<NoComparison; NoEquality>]
type internal Retold<'content> = { Messages: Message list; Others: RetoldMessage<'content> IReadOnlyList }

[<RequireQualifiedAccess>]
module internal Retold =
    /// The text of a message that is nothing else; empty for any other.
    let plainText (message: Message) : string =
        match message with
        | Message.User user ->
            match user.Content with
            | [ UserPart.Text text ] -> text
            | _ -> ""
        | Message.Assistant assistant ->
            match assistant.Content with
            | [ AssistantPart.Text text ] -> text
            | _ -> ""
        | Message.System _ -> ""

    /// The messages as a format tells them, and what it has to warn of; or the first error.
    let ofMessages
        (tell: Message -> Result<struct (Telling<'content> * Warning list), LlmError>)
        (messages: Message list)
        : Result<struct (Retold<'content> * Warning list), LlmError> =
        let others = List<RetoldMessage<'content>>()

        let rec read (position: int) (warnings: Warning list list) (rest: Message list) =
            match rest with
            | [] -> Ok(struct ({ Messages = messages; Others = others }, List.concat (List.rev warnings)))
            | message :: rest ->
                match tell message with
                | Error error -> Error error
                | Ok(struct (telling, lost)) ->
                    match telling with
                    | Plain -> ()
                    | Told _
                    | LeftOut -> others.Add { Position = position; Telling = telling }

                    read (position + 1) (if List.isEmpty lost then warnings else lost :: warnings) rest

        read 0 [] messages

    /// Goes over the messages that are said, each with its place.
    let fold (folder: 'state -> int -> Message -> Telling<'content> -> 'state) (initial: 'state) (retold: Retold<'content>) : 'state =
        let others = retold.Others

        let rec go (state: 'state) (position: int) (next: int) (messages: Message list) =
            match messages with
            | [] -> state
            | message :: rest when next < others.Count && others[next].Position = position ->
                match others[next].Telling with
                | LeftOut -> go state (position + 1) (next + 1) rest
                | telling -> go (folder state position message telling) (position + 1) (next + 1) rest
            | message :: rest -> go (folder state position message Plain) (position + 1) next rest

        go initial 0 0 retold.Messages

    /// Whether nothing is said.
    let isEmpty (retold: Retold<'content>) : bool =
        retold.Others.Count = List.length retold.Messages && fold (fun _ _ _ _ -> false) true retold

    /// What was told, where nothing is plain.
    let told (retold: Retold<'content>) : 'content list =
        ([], retold)
        ||> fold (fun found _ _ telling ->
            match telling with
            | Told content -> content :: found
            | Plain
            | LeftOut -> found)
        |> List.rev
