// Finding the JSON in what a model says: behind a fence, or from the first brace to its match. Total on any text.
namespace Llm.Core

open System

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

    /// What the object of an answer says so far, of which this is the text so far.
    let extractPartial (text: string) : PartialJson option =
        let rec search (from: int) (left: int) : PartialJson option =
            match find "{" from text with
            | None -> None
            | Some start ->
                match PartialJson.tryRead (text.Substring start) with
                | struct (_, true) when left > 1 -> closing text start |> Option.bind (fun stop -> search stop (left - 1))
                | struct (shown, _) -> shown

        search 0 attempts
