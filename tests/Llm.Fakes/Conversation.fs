// The conversation that every vendor's fake holds: it calls a tool, answers with its output, and goes on; and what a fake of a format is.
namespace Llm.Fakes

open System
open System.Text.Json

/// What a fake says in a turn.
[<RequireQualifiedAccess>]
type Said =
    /// It calls a tool.
    | Calls of id: string * name: string * arguments: string
    | Says of string

/// A request, as far as its url and its place in the conversation tell what it should be.
type Asked =
    {
        Model: string
        /// From 1.
        Turn: int
        IsStreamed: bool
        /// Whether tools are offered.
        HasTools: bool
    }

/// A wire format as a server speaks it.
[<NoComparison; NoEquality>]
type WireFake =
    {
        /// The body of a whole answer.
        Whole: string -> Said -> string
        /// The body of a streamed answer.
        Streamed: string -> Said -> byte[]
        StreamType: string
        /// What is wrong with a request's body.
        Faults: Asked -> JsonElement -> string list
    }

/// The conversation.
[<RequireQualifiedAccess>]
module Conversation =
    let question = "How is the weather in Oslo?"
    let toolName = "get_weather"
    let callId = "call-1"
    let arguments = """{"city":"Oslo"}"""
    let output = "Sun in Oslo"
    let answer = "It is sunny in Oslo."
    let nextQuestion = "And tomorrow?"
    let nextAnswer = "Rain tomorrow."

    /// Which turn a request is, by what it holds.
    let turnOf (body: string) : int =
        if body.Contains nextQuestion then 3
        elif body.Contains output then 2
        else 1

    let said (hasTools: bool) (turn: int) : Said =
        match turn with
        | 3 -> Said.Says nextAnswer
        | 1 when hasTools -> Said.Calls(callId, toolName, arguments)
        | _ -> Said.Says answer

/// Reads bodies.
[<RequireQualifiedAccess>]
module internal Body =
    let rec private step (element: JsonElement) (path: string list) : JsonElement option =
        match path with
        | [] -> Some element
        | name :: rest ->
            match element.ValueKind, Int32.TryParse name with
            | JsonValueKind.Array, (true, index) when index < element.GetArrayLength() -> step element[index] rest
            | JsonValueKind.Object, _ ->
                match element.TryGetProperty name with
                | true, value -> step value rest
                | _ -> None
            | _ -> None

    /// What stands at a path such as <c>content.0.text</c>.
    let at (path: string) (element: JsonElement) : JsonElement option = step element (List.ofArray (path.Split '.'))

    let textAt (path: string) (element: JsonElement) : string option =
        at path element
        |> Option.map (fun value -> if value.ValueKind = JsonValueKind.String then value.GetString() else value.GetRawText())

    let private holdsAll (expected: (string * string) list) (element: JsonElement) =
        expected |> List.forall (fun (path, value) -> textAt path element = Some value)

    /// A fault, unless the body has these values at these paths.
    let has (expected: (string * string) list) (body: JsonElement) : string list =
        expected
        |> List.filter (fun (path, value) -> textAt path body <> Some value)
        |> List.map (fun (path, value) ->
            let found = textAt path body |> Option.defaultValue "nothing"
            $"{path} should be {value}, and is {found}")

    /// A fault, if there is anything at a path.
    let lacks (path: string) (body: JsonElement) : string list =
        at path body |> Option.map (fun _ -> $"{path} should be absent") |> Option.toList

    /// A fault, unless an item of an array has these values at these paths.
    let hasItem (array: string) (expected: (string * string) list) (body: JsonElement) : string list =
        match at array body with
        | Some items when items.ValueKind = JsonValueKind.Array && items.EnumerateArray() |> Seq.exists (holdsAll expected) -> []
        | Some items -> [ $"no item of {array} has %A{expected}: {items.GetRawText()}" ]
        | None -> [ $"there is no {array}" ]

/// Writes bodies.
[<RequireQualifiedAccess>]
module internal Write =
    let quote (text: string) : string = JsonSerializer.Serialize text

    let events (data: string list) : byte[] =
        data |> List.map (fun text -> $"data: {text}\n\n") |> String.concat "" |> Text.Encoding.UTF8.GetBytes

    /// Server-sent events with their type as their name.
    let namedEvents (data: (string * string) list) : byte[] =
        data
        |> List.map (fun (name, text) -> $"event: {name}\ndata: {text}\n\n")
        |> String.concat ""
        |> Text.Encoding.UTF8.GetBytes

    /// A text in two pieces.
    let halves (text: string) : string list = [ text.Substring(0, text.Length / 2); text.Substring(text.Length / 2) ]
