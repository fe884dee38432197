// What happened in a chain, as a tree: each step with its input, output, usage, time and cost. Recorded by Call.trace; read by people as
// indented text, and by programs as JSON.
namespace Llm.Core

open System
open System.Globalization

/// <summary>How a step ended.</summary>
[<RequireQualifiedAccess>]
type StepEnd =
    /// With its output.
    | Succeeded
    /// With an error.
    | Failed of LlmError
    /// With an exception of the caller's own code.
    | Threw of message: string
    /// It was not wanted any more, such as the loser of a race.
    | Cancelled

/// <summary>A step of a chain: a call of a model, or a named group of steps.</summary>
type TraceStep =
    {
        /// Its name; the model's id where a call was given none.
        Name: string
        /// The model that was asked; None for a group.
        ModelId: string option
        /// What it was given, as text.
        Input: string
        /// What it gave, as text; None where it did not come to that.
        Output: string option
        /// What was sent; empty for a group.
        Messages: Message list
        /// What the prompt was made of besides its input.
        Fields: (string * string) list
        /// What was used; None where the provider has not said, and for a group.
        Usage: Usage option
        /// What it cost; None where nobody can say, and for a group.
        Cost: AnyMoney option
        /// When it began.
        Start: DateTimeOffset
        /// How long it took.
        Elapsed: TimeSpan
        /// How it ended.
        End: StepEnd
        /// Its steps, in the order in which they began; those of parallel branches in the order of the branches.
        Children: TraceStep list
    }

    /// When it ended.
    member this.EndTime: DateTimeOffset = this.Start + this.Elapsed

/// <summary>Functions on <see cref="T:Llm.Core.TraceStep"/>.</summary>
[<RequireQualifiedAccess>]
module Trace =
    /// <summary>The step and all below it, each before its children.</summary>
    let rec steps (step: TraceStep) : TraceStep list = step :: List.collect steps step.Children

    /// <summary>What the step and all below it used, as far as the providers have said.</summary>
    let usage (step: TraceStep) : Usage = steps step |> List.choose _.Usage |> List.fold Usage.add Usage.zero

    let private sum (costs: AnyMoney list) : AnyMoney option =
        match costs with
        | [] -> None
        | first :: others when others |> List.forall (fun other -> other.Currency = first.Currency) ->
            Some { first with Amount = costs |> List.sumBy _.Amount }
        | _ -> None

    /// <summary>
    /// What the step and all below it cost. None where a call that was answered has no known cost, so that a sum is never too small in
    /// silence, and where currencies differ.
    /// </summary>
    let cost (step: TraceStep) : AnyMoney option =
        let answered = steps step |> List.filter (fun step -> step.ModelId.IsSome && step.Output.IsSome)

        if answered |> List.exists (fun step -> step.Cost.IsNone) then
            None
        else
            answered |> List.choose _.Cost |> sum

    let private invariant (format: string) (value: float) = value.ToString(format, CultureInfo.InvariantCulture)

    let private duration (elapsed: TimeSpan) =
        if elapsed < TimeSpan.FromSeconds 1.0 then
            $"""{invariant "0" elapsed.TotalMilliseconds} ms"""
        else
            $"""{invariant "0.00" elapsed.TotalSeconds} s"""

    /// One line, and not a long one.
    let private shortened (text: string) : string =
        let limit = 100
        let line = text.ReplaceLineEndings(" ").Trim()

        if line.Length <= limit then
            line
        else
            // A pair of surrogates is not cut in two.
            let length = if Char.IsHighSurrogate line[limit - 1] then limit - 1 else limit
            line.Substring(0, length) + "…"

    let private ending (step: TraceStep) : string option =
        match step.End with
        | StepEnd.Succeeded -> None
        | StepEnd.Failed error -> Some $"FAILED {shortened (LlmError.render error)}"
        | StepEnd.Threw message -> Some $"THREW {shortened message}"
        | StepEnd.Cancelled -> Some "CANCELLED"

    let private heading (step: TraceStep) : string =
        [
            Some step.Name
            step.ModelId |> Option.filter (fun id -> id <> step.Name)
            Some(duration step.Elapsed)
            step.Usage |> Option.map (fun usage -> $"{usage.InputTokens} in, {usage.OutputTokens} out")
            step.Cost |> Option.map string
            ending step
        ]
        |> List.choose id
        |> String.concat " · "

    let rec private lines (depth: int) (step: TraceStep) : string list =
        let indent = String(' ', 2 * depth)

        [
            indent + heading step
            $"{indent}    in:  {shortened step.Input}".TrimEnd()

            for name, value in step.Fields do
                $"{indent}    {name}: {shortened value}"

            match step.Output with
            | Some output -> $"{indent}    out: {shortened output}".TrimEnd()
            | None -> ()

            for child in step.Children do
                yield! lines (depth + 1) child
        ]

    /// <summary>As an indented tree for people: a line for each step with its time, tokens and cost, then its input and output, shortened.</summary>
    let render (step: TraceStep) : string = lines 0 step |> String.concat "\n"

    let private object (members: (string * string option) list) : string =
        let written =
            members
            |> List.choose (fun (name, value) -> value |> Option.map (fun json -> $"{Json.quote name}:{json}"))
            |> String.concat ","

        "{" + written + "}"

    let private text (value: string) = Some(Json.quote value)

    let private usageJson (usage: Usage) =
        object
            [
                "input_tokens", Some(string usage.InputTokens)
                "output_tokens", Some(string usage.OutputTokens)
                "cache_read_tokens", Some(string usage.CacheReadTokens)
                "cache_write_tokens", Some(string usage.CacheWriteTokens)
                "reasoning_tokens", Some(string usage.ReasoningTokens)
                "audio_input_tokens", Some(string usage.AudioInputTokens)
                "audio_output_tokens", Some(string usage.AudioOutputTokens)
            ]

    let private costJson (cost: AnyMoney) =
        object [ "amount", Some(cost.Amount.ToString CultureInfo.InvariantCulture); "currency", text cost.Currency ]

    let private endWord (ending: StepEnd) =
        match ending with
        | StepEnd.Succeeded -> "succeeded"
        | StepEnd.Failed _ -> "failed"
        | StepEnd.Threw _ -> "threw"
        | StepEnd.Cancelled -> "cancelled"

    let private errorText (ending: StepEnd) =
        match ending with
        | StepEnd.Failed error -> text (LlmError.render error)
        | StepEnd.Threw message -> text message
        | StepEnd.Succeeded
        | StepEnd.Cancelled -> None

    let rec private stepJson (step: TraceStep) : string =
        let unlessEmpty items json = if List.isEmpty items then None else Some json

        object
            [
                "name", text step.Name
                "model", step.ModelId |> Option.bind text
                "end", text (endWord step.End)
                "error", errorText step.End
                "input", text step.Input
                "fields", object (step.Fields |> List.map (fun (name, value) -> name, text value)) |> unlessEmpty step.Fields
                "sent", Conversation.toJson step.Messages |> unlessEmpty step.Messages
                "output", step.Output |> Option.bind text
                "usage", step.Usage |> Option.map usageJson
                "cost", step.Cost |> Option.map costJson
                "start", text (step.Start.ToString("O", CultureInfo.InvariantCulture))
                "elapsed_ms", Some(invariant "0.###" step.Elapsed.TotalMilliseconds)
                "steps", "[" + (step.Children |> List.map stepJson |> String.concat ",") + "]" |> unlessEmpty step.Children
            ]

    /// <summary>As JSON, with everything: texts as they are, money in whole units of its currency, times by ISO 8601.</summary>
    let toJson (step: TraceStep) : string = stepJson step
