// Tools together: found by name and run, many at once. A failure is the output of its own call and of no other; only cancellation stops all.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// <summary>Tools with names of their own, for one kind of context.</summary>
[<NoComparison; NoEquality>]
type Toolkit<'context> =
    private
        {
            tools: ByText<Tool<'context>>
            definitions: ToolDefinition list
        }

    /// What the model is told, in the order in which the tools were given.
    member this.Definitions = this.definitions

/// <summary>What became of a call: it was run, or it waits for approval. Plain data, to be stored with the conversation.</summary>
[<RequireQualifiedAccess>]
type ToolResult =
    /// It was run; the output may be that of a failure.
    | Finished of ToolOutput
    /// It waits until somebody approves or rejects it.
    | Waiting of ToolCall

/// <summary>Functions on <see cref="T:Llm.Core.ToolResult"/>.</summary>
[<RequireQualifiedAccess>]
module ToolResult =
    /// <summary>The calls that wait, in order.</summary>
    let waiting (results: ToolResult list) : ToolCall list =
        results
        |> List.choose (fun result ->
            match result with
            | ToolResult.Waiting call -> Some call
            | ToolResult.Finished _ -> None)

    /// <summary>The outputs, in the order of the calls, when none waits; else the calls that do.</summary>
    let outputs (results: ToolResult list) : Result<ToolOutput list, ToolCall list> =
        let waiting = waiting results

        if List.isEmpty waiting then
            results
            |> List.choose (fun result ->
                match result with
                | ToolResult.Finished output -> Some output
                | ToolResult.Waiting _ -> None)
            |> Ok
        else
            Error waiting

    /// <summary>The results with the output of a call that waited; unchanged when none of that id waits.</summary>
    let settle (output: ToolOutput) (results: ToolResult list) : ToolResult list =
        let isIt (result: ToolResult) =
            match result with
            | ToolResult.Waiting call -> call.Id = output.Id && call.Name = output.Name
            | ToolResult.Finished _ -> false

        match List.tryFindIndex isIt results with
        | Some index -> List.updateAt index (ToolResult.Finished output) results
        | None -> results

    /// <summary>As JSON, to be stored beside the conversation.</summary>
    let toJson (results: ToolResult list) : string = Shapes.get typeof<ToolResult list> |> Shape.encode (box results) |> Json.text

    /// <summary>From what was stored; an <c>InvalidJson</c> where it is nothing of the kind.</summary>
    /// <example><c>ToolResult.toJson results |> ToolResult.ofJson</c> evaluates to <c>Ok results</c>.</example>
    let ofJson (text: string) : Result<ToolResult list, LlmError> =
        match Json.tryParse text with
        | Error reason -> Error(LlmError.InvalidJson("$", reason))
        | Ok json ->
            match Shapes.get typeof<ToolResult list> |> Shape.decode json with
            | Ok results -> Ok(unbox<ToolResult list> results)
            | Error(problem :: _) -> Error(LlmError.InvalidJson(problem.Path, problem.Reason))
            | Error [] -> Error(LlmError.InvalidJson("$", "it is no list of results"))

/// <summary>Functions on <see cref="T:Llm.Core.Toolkit`1"/>.</summary>
[<RequireQualifiedAccess>]
module Toolkit =
    /// <summary>How many calls run at once, unless the caller says otherwise.</summary>
    let defaultConcurrency = 64

    /// No tools.
    let internal empty<'context> : Toolkit<'context> = { tools = ByText.empty; definitions = [] }

    /// <summary>The tools together; an <c>InvalidRequest</c> when two have the same name, or one has a name that providers do not take.</summary>
    /// <example><c>Toolkit.create [ Tool.inContext weather; getBook ]</c> mixes a plain tool with one that needs a context.</example>
    let create (tools: Tool<'context> list) : Result<Toolkit<'context>, LlmError> =
        let definitions = tools |> List.map _.Definition

        match definitions |> List.tryFind (fun definition -> OutputFormat.isFormatTool definition.Name) with
        | Some reserved -> Error(LlmError.InvalidRequest("tools", $"'{reserved.Name}' is reserved for structured output"))
        | None ->
            ToolRequest.validate { ToolRequest.none with Definitions = definitions }
            |> Result.map (fun _ ->
                let mutable byName = ByText.empty

                for tool in tools do
                    byName <- ByText.add tool.Definition.Name tool byName

                { tools = byName; definitions = definitions })

    /// <summary>What the model is told.</summary>
    let definitions (toolkit: Toolkit<'context>) : ToolDefinition list = toolkit.definitions

    /// <summary>The tools as a request has them, to be called as the model sees fit.</summary>
    let toRequest (toolkit: Toolkit<'context>) : ToolRequest = { ToolRequest.none with Definitions = toolkit.definitions }

    /// <summary>The tool of that name.</summary>
    let tryFind (name: string) (toolkit: Toolkit<'context>) : Tool<'context> option =
        ByText.tryFind name toolkit.tools |> ValueOption.toOption

    let private failed (call: ToolCall) (message: string) : ToolOutput =
        { Id = call.Id; Name = call.Name; Result = message; IsError = true }

    let private missing (call: ToolCall) (toolkit: Toolkit<'context>) : ToolOutput =
        match toolkit.definitions with
        | [] -> failed call $"There is no tool '{call.Name}', nor any other."
        | known ->
            let names = known |> List.map _.Name |> String.concat ", "
            failed call $"There is no tool '{call.Name}'. The tools are: {names}."

    /// <summary>Runs a call that was approved, or that needs no approval.</summary>
    let approve
        (context: 'context)
        (call: ToolCall)
        (cancellationToken: CancellationToken)
        (toolkit: Toolkit<'context>)
        : Task<ToolOutput> =
        match tryFind call.Name toolkit with
        | Some tool -> tool.Run context call cancellationToken
        | None -> Task.FromResult(missing call toolkit)

    /// <summary>The output of a call that was not approved, which tells the model why.</summary>
    let reject (reason: string) (call: ToolCall) : ToolOutput = failed call $"The call was rejected: {reason}"

    /// <summary>
    /// Runs a call, unless it waits for approval. A missing tool, wrong arguments and an exception are outputs too; only cancellation is
    /// thrown.
    /// </summary>
    let execute
        (context: 'context)
        (call: ToolCall)
        (cancellationToken: CancellationToken)
        (toolkit: Toolkit<'context>)
        : Task<ToolResult> =
        match tryFind call.Name toolkit with
        | Some tool when tool.NeedsApproval -> Task.FromResult(ToolResult.Waiting call)
        | _ -> task {
            let! output = approve context call cancellationToken toolkit
            return ToolResult.Finished output
          }

    /// <summary>Runs calls, at most so many at once; results in the order of the calls.</summary>
    let executeAllWith
        (concurrency: int)
        (context: 'context)
        (calls: ToolCall list)
        (cancellationToken: CancellationToken)
        (toolkit: Toolkit<'context>)
        : Task<ToolResult list> = task {
        let results = Array.create calls.Length None
        let options = ParallelOptions(MaxDegreeOfParallelism = max 1 concurrency, CancellationToken = cancellationToken)

        let run (struct (index: int, call: ToolCall)) (cancellationToken: CancellationToken) =
            task {
                let! result = execute context call cancellationToken toolkit
                results[index] <- Some result
            }
            |> ValueTask

        let numbered = calls |> List.mapi (fun index call -> struct (index, call))
        do! Parallel.ForEachAsync(numbered, options, Func<_, _, _>(run))
        return results |> Array.choose id |> List.ofArray
    }

    /// <summary>
    /// Runs all calls of an answer at once; results in the order of the calls, each failure in its own. Cancellation stops all, and is thrown.
    /// </summary>
    /// <example><c>toolkit |> Toolkit.executeAll library (Response.toolCalls response) cancellationToken</c></example>
    let executeAll
        (context: 'context)
        (calls: ToolCall list)
        (cancellationToken: CancellationToken)
        (toolkit: Toolkit<'context>)
        : Task<ToolResult list> =
        executeAllWith defaultConcurrency context calls cancellationToken toolkit
