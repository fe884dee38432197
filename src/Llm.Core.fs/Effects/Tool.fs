// A tool: what the model is told, and the function that is run with what the model asks for. Arguments are checked before the function
// sees them, and whatever goes wrong is an output for the model; only cancellation passes.
namespace Llm.Core

open System
open System.Reflection
open System.Threading
open System.Threading.Tasks
open FSharp.Reflection

/// <summary>A tool that is run with a context; a tool that needs none is a <c>Tool&lt;unit&gt;</c>.</summary>
[<NoComparison; NoEquality>]
type Tool<'context> =
    {
        /// What the model is told.
        Definition: ToolDefinition
        /// Whether a call waits until somebody approves it.
        NeedsApproval: bool
        /// Answers a call; what goes wrong is an output too.
        Run: 'context -> ToolCall -> CancellationToken -> Task<ToolOutput>
    }

/// What a function is called with: its shape, and the call itself with what it gives back.
[<NoComparison; NoEquality>]
type internal ToolFunction<'context> = { Arguments: Shape; Outcome: Outcome; Invoke: 'context -> obj -> CancellationToken -> obj }

[<RequireQualifiedAccess>]
module internal ToolRun =
    let output (call: ToolCall) (said: ToolSaid) : ToolOutput =
        match said with
        | Ok text -> { Id = call.Id; Name = call.Name; Result = text; IsError = false }
        | Error message -> { Id = call.Id; Name = call.Name; Result = message; IsError = true }

    let private isText (json: Json) = (Json.text json).StartsWith '"'

    /// Some models write the object as text within text.
    let rec private decode (isRetry: bool) (shape: Shape) (text: string) : Result<obj, string> =
        match Json.tryParse (if String.IsNullOrWhiteSpace text then "{}" else text) with
        | Error reason -> Error $"The arguments are no JSON: {reason}"
        | Ok json when isText json && not isRetry ->
            match Shapes.get typeof<string> |> Shape.decode json with
            | Ok inner -> decode true shape (unbox<string> inner)
            | Error _ -> Error "The arguments are no JSON object."
        | Ok json ->
            Shape.decode json shape
            |> Result.mapError (fun problems -> $"The arguments are invalid:\n{ShapeProblem.render problems}")

    let private message (failure: exn) : string =
        match failure with
        | :? TargetInvocationException
        | :? AggregateException when not (isNull failure.InnerException) -> failure.InnerException.Message
        | failure -> failure.Message

    /// A function that takes its thread gets one of its own, so that many that wait do not wait for each other.
    let private start (outcome: Outcome) (cancellationToken: CancellationToken) (work: unit -> Task<ToolSaid>) : Task<ToolSaid> =
        if outcome.IsBlocking then
            Task.Factory
                .StartNew(Func<Task<ToolSaid>> work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .Unwrap()
        else
            Task.Run<ToolSaid>(Func<Task<ToolSaid>> work, cancellationToken)

    let run (run: ToolFunction<'context>) (context: 'context) (call: ToolCall) (cancellationToken: CancellationToken) : Task<ToolOutput> =
        task {
            cancellationToken.ThrowIfCancellationRequested()

            match decode false run.Arguments call.Arguments with
            | Error reason -> return output call (Error reason)
            | Ok arguments ->
                try
                    let work () = run.Outcome.Say (run.Invoke context arguments cancellationToken) cancellationToken
                    let! said = (start run.Outcome cancellationToken work).WaitAsync cancellationToken
                    return output call said
                with
                | :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
                    return raise (OperationCanceledException cancellationToken)
                | failure -> return output call (Error(message failure))
        }

    let make (name: string) (description: string) (work: ToolFunction<'context>) : Tool<'context> =
        {
            Definition = { Name = name; Description = description; Parameters = work.Arguments.Schema; Strict = None }
            NeedsApproval = false
            Run = run work
        }

    /// Simple arguments become an object with one property; its values stay what they are.
    let argumentsOf (kind: Type) : Shape =
        let shape = Shapes.get kind
        if shape.IsObject then shape else Shape.wrappedAs "input" shape

/// <summary>Functions on <see cref="T:Llm.Core.Tool`1"/>.</summary>
[<RequireQualifiedAccess; CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Tool =
    /// A function that wants another argument is no result: the model gives all at once.
    let private refuseCurried (name: string) (result: Type) : unit =
        if FSharpType.IsFunction result && fst (FSharpType.GetFunctionElements result) <> typeof<CancellationToken> then
            raise (
                NotSupportedException
                    $"'{name}' takes its arguments one after the other: give it a record or an anonymous record of them, or a named function to Tool.Of"
            )

    let private ofLambda (name: string) (description: string) (invoke: 'context -> 'arguments -> 'result) : Tool<'context> =
        refuseCurried name typeof<'result>

        ToolRun.make
            name
            description
            {
                Arguments = ToolRun.argumentsOf typeof<'arguments>
                Outcome = Outcome.ofType typeof<'result>
                Invoke = fun context arguments _ -> box (invoke context (unbox<'arguments> arguments))
            }

    /// <summary>
    /// A tool of a function over a record, an anonymous record or a tuple, whose fields are the tool's parameters; anything else is its one
    /// parameter <c>input</c>. The function may give its result at once, as a <c>Task</c>, as an <c>Async</c>, or be cancellable
    /// (<c>fun arguments cancellationToken -> ...</c>); a <c>Result</c>'s error is a failure that the model is told. A type that has no
    /// shape in JSON is a <c>NotSupportedException</c>.
    /// </summary>
    /// <example>
    /// <c>Tool.create "get_weather" "The weather in a city." (fun (place: {| City: string |}) -> async { return $"Sun in {place.City}" })</c>
    /// </example>
    let create (name: string) (description: string) (run: 'arguments -> 'result) : Tool<unit> =
        ofLambda name description (fun () arguments -> run arguments)

    /// <summary>A tool of a function that is given the context of the call first.</summary>
    /// <example><c>Tool.createWithContext "get_book" "A book." (fun (library: Library) (book: {| Isbn: string |}) -> library.Find book.Isbn)</c></example>
    let createWithContext (name: string) (description: string) (run: 'context -> 'arguments -> 'result) : Tool<'context> =
        ofLambda name description run

    /// <summary>A tool that needs no context, among tools that do.</summary>
    let inContext (tool: Tool<unit>) : Tool<'context> =
        { Definition = tool.Definition; NeedsApproval = tool.NeedsApproval; Run = fun _ -> tool.Run() }

    /// <summary>The tool under another name.</summary>
    let withName (name: string) (tool: Tool<'context>) : Tool<'context> = { tool with Definition = { tool.Definition with Name = name } }

    /// <summary>The tool with another description.</summary>
    let withDescription (description: string) (tool: Tool<'context>) : Tool<'context> =
        { tool with Definition = { tool.Definition with Description = description } }

    /// <summary>The tool, with the provider held to its schema to the letter or not.</summary>
    let withStrict (isStrict: bool) (tool: Tool<'context>) : Tool<'context> =
        { tool with Definition = { tool.Definition with Strict = Some isStrict } }

    /// <summary>The tool, each of whose calls waits until somebody approves it.</summary>
    let withApproval (tool: Tool<'context>) : Tool<'context> = { tool with NeedsApproval = true }
