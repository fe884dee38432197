// Finding the JSON in what a model says: behind a fence, or from the first brace to its match. Total on any text.
namespace Llm.Core

open System
open System.Text

/// <summary>Why an answer is not the value that it should be.</summary>
[<RequireQualifiedAccess>]
type ParseProblem =
    /// There is no JSON object: its first or last brace is missing.
    | NoJson of reason: string
    /// There is an object, but it is no JSON.
    | InvalidJson of reason: string
    /// It is JSON that does not fit: where, and why.
    | DoesNotFit of problems: ShapeProblem list
    /// The caller's own parser refused it.
    | Refused of reason: string

/// Functions on <see cref="T:Llm.Core.ParseProblem"/>.
[<RequireQualifiedAccess>]
module ParseProblem =
    /// <summary>For people: what is wrong, and where.</summary>
    let render (problem: ParseProblem) : string =
        match problem with
        | ParseProblem.NoJson reason -> $"No JSON object found: {reason}"
        | ParseProblem.InvalidJson reason -> $"Invalid JSON: {reason}"
        | ParseProblem.DoesNotFit problems -> $"The JSON does not fit:\n{ShapeProblem.render problems}"
        | ParseProblem.Refused reason -> reason

    /// <summary>For the model: what to send as the next user message, so that it answers again.</summary>
    let retryMessage (problem: ParseProblem) : string =
        match problem with
        | ParseProblem.NoJson _
        | ParseProblem.InvalidJson _ ->
            "Your response could not be parsed because no valid JSON object was found. Please ensure your response contains a JSON object with opening '{' and closing '}' braces."
        | ParseProblem.DoesNotFit problems ->
            $"Your response failed schema validation:\n{ShapeProblem.render problems}\n\nPlease correct these issues and respond again."
        | ParseProblem.Refused reason ->
            $"Your response could not be parsed: {reason}\n\nPlease ensure your response matches the expected format."

/// Reads the object of an answer that comes in pieces. A beginning that turns out to be no JSON, such as a set in prose, is passed over.
[<Sealed; AllowNullLiteral>]
type internal AnswerReader(findObject: int -> string -> int option, closing: string -> int -> int option, attempts: int) =
    let text = StringBuilder()
    let mutable reader: PartialJsonReader = null
    let mutable start = 0
    let mutable left = attempts

    let rec readFrom (from: int) (all: string) =
        match findObject from all with
        | None -> start <- all.Length
        | Some found ->
            start <- found
            reader <- PartialJsonReader()
            reader.Feed(all.AsSpan found)
            passOver all

    and passOver (all: string) =
        if reader.IsBroken && left > 1 then
            match closing all start with
            | Some stop ->
                left <- left - 1
                reader <- null
                readFrom stop all
            | None -> ()

    /// Takes the next piece.
    member _.Feed(piece: string) : unit =
        text.Append piece |> ignore

        if isNull reader then
            readFrom start (text.ToString())
        elif reader.IsBroken then
            passOver (text.ToString())
        else
            reader.Feed(piece.AsSpan())
            if reader.IsBroken then passOver (text.ToString())

    /// What is known of the object so far.
    member _.Shown: PartialJson option = if isNull reader || reader.IsBroken then None else reader.Shown

    /// Another pair of numbers whenever there is more to show.
    member _.Version: struct (int * int) = if isNull reader then struct (left, 0) else struct (left, reader.Version)

    /// All that came.
    member _.Text: string = text.ToString()

[<RequireQualifiedAccess>]
module internal Answer =
    let private fence = "```json"

    /// The place after the brace that closes the one at the start.
    let private closing (text: string) (start: int) : int option =
        let rec walk (position: int) (depth: int) (isInText: bool) =
            if position >= text.Length then
                None
            else
                match text[position] with
                | '\\' when isInText -> walk (position + 2) depth true
                | '"' -> walk (position + 1) depth (not isInText)
                | '{' when not isInText -> walk (position + 1) (depth + 1) false
                | '}' when not isInText && depth = 1 -> Some(position + 1)
                | '}' when not isInText -> walk (position + 1) (depth - 1) false
                | _ -> walk (position + 1) depth isInText

        walk start 0 false

    let private find (sought: string) (from: int) (text: string) : int option =
        match text.IndexOf(sought, from, StringComparison.Ordinal) with
        | -1 -> None
        | index -> Some index

    /// How many beginnings are tried before the text is given up.
    let private attempts = 8

    let private takeFrom (text: string) (from: int) : Result<Json, ParseProblem> =
        let rec search (from: int) (left: int) : Result<Json, ParseProblem> =
            match find "{" from text with
            | None -> Error(ParseProblem.NoJson "missing '{'")
            | Some start ->
                match closing text start with
                | None -> Error(ParseProblem.NoJson "missing '}'")
                | Some stop ->
                    match Json.tryParse (text.Substring(start, stop - start)) with
                    | Ok json -> Ok json
                    // Braces of prose, as in a set, may stand before the answer.
                    | Error reason when left > 1 -> search stop (left - 1) |> Result.mapError (fun _ -> ParseProblem.InvalidJson reason)
                    | Error reason -> Error(ParseProblem.InvalidJson reason)

        search from attempts

    /// The JSON object of an answer. A fence before the first brace is where it begins; a fence within the object is a part of it.
    let extract (text: string) : Result<Json, ParseProblem> =
        match takeFrom text 0, find fence 0 text with
        | Ok json, _ -> Ok json
        | Error problem, Some fence -> takeFrom text fence |> Result.mapError (fun _ -> problem)
        | Error problem, None -> Error problem

    /// Reads an answer that comes in pieces.
    let reader () : AnswerReader = AnswerReader(find "{", closing, attempts)

    /// What the object of an answer says so far, of which this is the text so far.
    let extractPartial (text: string) : PartialJson option =
        let reader = reader ()
        reader.Feed text
        reader.Shown
