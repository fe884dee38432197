// Calls: prompts bundled with the models that answer them, as values that compose. Whatever joins them is in Llm; here it is lifted over
// the input, and the answer can be streamed where a model gives it.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// Functions on <see cref="T:Llm.Core.Call`2"/>.
[<RequireQualifiedAccess>]
module Call =
    let private notStreamed (what: string) (_: 'input) : Llm<StreamResponse> =
        Llm.fail (LlmError.InvalidRequest("call", $"{what} cannot be streamed: no model gives it as it is"))

    let internal unforeseen (_: 'input) : Result<Message list, LlmError> =
        Error(LlmError.InvalidRequest("call", "what it sends is known when it runs: see Call.trace"))

    /// A call that asks one model; another face of the library has outputs and streams of its own.
    let internal asking
        (asks: Asks)
        (openStream: Ask<'output> -> CancellableTaskResult<StreamResponse, LlmError>)
        (name: string)
        (preview: 'input -> Result<Message list, LlmError>)
        (prompt: 'input -> Llm<'prompt>)
        (resolve: Scope -> 'prompt -> Result<Ask<'output>, LlmError>)
        : Call<'input, 'output> =
        Call(
            asks,
            preview,
            (fun input -> Asking.whole name (box input) (Llm.delay (fun () -> prompt input)) resolve),
            (fun input -> Asking.stream openStream name (box input) (Llm.delay (fun () -> prompt input)) resolve)
        )

    /// The prompt has its say before a model that is in force for a while takes the place of all.
    let private resolve (model: Model) (scope: Scope) (prompt: Prompt) : Result<Ask<Response>, LlmError> =
        let adapted = Scope.model scope model

        let chosen =
            { adapted with
                Tools = prompt.Tools |> Option.defaultValue adapted.Tools
                Params = prompt.Params |> Option.defaultValue adapted.Params
            }

        Ok { Model = Model.inForce chosen; Prompt = prompt; Output = id; Origin = null }

    /// <summary>A call whose prompt is a user's text.</summary>
    /// <example><c>let recommend = Call.create gpt (fun genre -> $"Please recommend a book in {genre}.")</c></example>
    let create (model: Model) (prompt: 'input -> string) : Call<'input, Response> =
        let messages input = [ Message.user (prompt input) ]
        asking Asks.AtOnce Asking.opened model.Id (messages >> Ok) (messages >> Prompt.ofMessages >> Llm.succeed) (resolve model)

    /// <summary>A call whose prompt is a whole conversation.</summary>
    let ofMessages (model: Model) (prompt: 'input -> Message list) : Call<'input, Response> =
        asking Asks.AtOnce Asking.opened model.Id (prompt >> Ok) (prompt >> Prompt.ofMessages >> Llm.succeed) (resolve model)

    /// <summary>A call whose prompt is a conversation, or the reason why there is none, such as that of a template.</summary>
    let tryOfMessages (model: Model) (prompt: 'input -> Result<Message list, LlmError>) : Call<'input, Response> =
        asking Asks.AtOnce Asking.opened model.Id prompt (prompt >> Result.map Prompt.ofMessages >> Llm.ofResult) (resolve model)

    /// <summary>A call whose prompt may also choose tools and parameters, and note what it is made of.</summary>
    let ofPrompt (model: Model) (prompt: 'input -> Prompt) : Call<'input, Response> =
        asking Asks.AtOnce Asking.opened model.Id (prompt >> _.Messages >> Ok) (prompt >> Llm.succeed) (resolve model)

    /// <summary>
    /// A call whose prompt is made by other calls: what those answer can be kept as fields of the prompt, which stay visible on the
    /// response, and their steps stand below this one in a trace.
    /// </summary>
    /// <example>
    /// <code>
    /// Call.computed gpt (fun review -> llm {
    ///     let! mood = classify.Invoke review
    ///     return Prompt.user $"Answer this {mood} review: {review}" |> Prompt.withField "mood" mood
    /// })
    /// </code>
    /// </example>
    let computed (model: Model) (prompt: 'input -> Llm<Prompt>) : Call<'input, Response> =
        asking Asks.AfterWork Asking.opened model.Id unforeseen prompt (resolve model)

    /// <summary>A call that is a function; it may ask any number of models.</summary>
    let ofFunction (work: 'input -> Llm<'output>) : Call<'input, 'output> = Call(Asks.Several, unforeseen, work, notStreamed "a function")

    /// <summary>The call that gives its input, and asks nobody.</summary>
    let identity<'input> : Call<'input, 'input> = ofFunction Llm.succeed

    /// <summary>The call that gives this value, and asks nobody.</summary>
    let succeed (value: 'output) : Call<'input, 'output> = ofFunction (fun _ -> Llm.succeed value)

    /// <summary>The call as a function, for <c>llm { }</c>.</summary>
    /// <example><c>let recommend = Call.create gpt prompt |> Call.invoke</c>, then <c>let! response = recommend "fantasy"</c>.</example>
    let invoke (call: Call<'input, 'output>) (input: 'input) : Llm<'output> = call.Invoke input

    /// <summary>
    /// What would be sent first for this input; an <c>InvalidRequest</c> where that is known only when it runs, or is not one conversation.
    /// </summary>
    let messages (input: 'input) (call: Call<'input, 'output>) : Result<Message list, LlmError> = call.Preview input

    /// <summary>Calls, and waits for the whole answer. Failures are errors; only cancellation throws, as a cancelled task.</summary>
    /// <example><c>recommend |> Call.run "fantasy" cancellationToken</c></example>
    let run (input: 'input) (cancellationToken: CancellationToken) (call: Call<'input, 'output>) : Task<Result<'output, LlmError>> =
        call.Invoke input |> Llm.run cancellationToken

    /// <summary>
    /// Calls, and gives the answer as a stream: of a chain, what the last call answers, once those before it are done. An
    /// <c>InvalidRequest</c> where the last step is no call of a model.
    /// </summary>
    let stream
        (input: 'input)
        (cancellationToken: CancellationToken)
        (call: Call<'input, 'output>)
        : Task<Result<StreamResponse, LlmError>> =
        call.Stream input |> Llm.run cancellationToken

    /// <summary>
    /// Calls, and writes down each step with its input, output, usage, time, and its cost as the function says. See <c>Trace.render</c>.
    /// </summary>
    /// <example><c>let! traced = recipe |> Call.trace (fun _ -> None) "apples" cancellationToken in printfn "%s" (Trace.render traced.Trace)</c></example>
    let trace
        (costOf: Response -> Money<'currency> option)
        (input: 'input)
        (cancellationToken: CancellationToken)
        (call: Call<'input, 'output>)
        : Task<Traced<'output>> =
        call.Invoke input
        |> Llm.traceFrom Scope.root (box input) (costOf >> Option.map Money.toAny) Shown.text cancellationToken

    /// <summary>
    /// Calls, gives the answer as a stream, and writes down each step as <c>Call.trace</c> does. The step that streams lasts until its stream has
    /// ended; of one that broke off, the output is what came.
    /// </summary>
    /// <example><c>let! traced = chain |> Call.traceStream (fun _ -> None) "apples" cancellationToken</c>; read <c>traced.Result</c>, then <c>traced.Trace</c>.</example>
    let traceStream
        (costOf: Response -> Money<'currency> option)
        (input: 'input)
        (cancellationToken: CancellationToken)
        (call: Call<'input, 'output>)
        : Task<TracedStream> =
        call.Stream input
        |> StreamTracing.from Scope.root (box input) (costOf >> Option.map Money.toAny) Shown.text cancellationToken

    let internal lift
        (change: Llm<'output> -> Llm<'output>)
        (changeStream: Llm<StreamResponse> -> Llm<StreamResponse>)
        (call: Call<'input, 'output>)
        : Call<'input, 'output> =
        Call(call.Asks, call.Preview, call.Invoke >> change, call.Stream >> changeStream)

    let internal within (change: Scope -> Scope) (call: Call<'input, 'output>) : Call<'input, 'output> =
        lift (Llm.within change) (Llm.within change) call

    let internal adapted (isForAnswer: bool) (origin: obj) (change: Model -> Model) (call: Call<'input, 'output>) : Call<'input, 'output> =
        within (Scope.adapted { Apply = change; IsForAnswer = isForAnswer; Origin = origin }) call

    /// <summary>
    /// The call with another model, and that model's parameters; its tools and format stay, unless that model has its own. In a chain, every
    /// call asks it. Of several, the outermost counts.
    /// </summary>
    let withModel (model: Model) (call: Call<'input, 'output>) : Call<'input, 'output> =
        let inPlaceOf (old: Model) =
            { model with
                Tools = if model.Tools = ToolRequest.none then old.Tools else model.Tools
                Format = model.Format |> Option.orElse old.Format
            }

        adapted false null inPlaceOf call

    /// <summary>The call with other parameters; in a chain, every call has them.</summary>
    let withParams (parameters: Params) (call: Call<'input, 'output>) : Call<'input, 'output> =
        adapted false null (Model.withParams parameters) call

    /// <summary>The call with these tools; in a chain, the call that gives the answer has them.</summary>
    let withTools (tools: ToolRequest) (call: Call<'input, 'output>) : Call<'input, 'output> =
        adapted true null (Model.withTools tools) call

    /// <summary>The call by a name, for traces; a chain becomes one step, with its own steps below it.</summary>
    let named (name: string) (call: Call<'input, 'output>) : Call<'input, 'output> =
        if call.IsAsking then
            within (fun scope -> { scope with Label = Some(Option.defaultValue name scope.Label) }) call
        else
            Call(
                Asks.Several,
                call.Preview,
                (fun input -> call.Invoke input |> Llm.group name (box input)),
                (fun input -> call.Stream input |> StreamTracing.group name (box input))
            )

    /// <summary>The call, paid from a budget: all calls of a chain share it.</summary>
    let withBudget (budget: Budget<'currency>) (call: Call<'input, 'output>) : Call<'input, 'output> =
        within (fun scope -> { scope with Budgets = budget.Ledger :: scope.Budgets }) call

    /// <summary>With another clock, for its timeouts, the waits of its retries and the times of its trace.</summary>
    let withTimeProvider (time: TimeProvider) (call: Call<'input, 'output>) : Call<'input, 'output> =
        within (fun scope -> { scope with Time = time }) call

    let private several (invoke: 'input -> Llm<'output>) : Call<'input, 'output> =
        Call(Asks.Several, unforeseen, invoke, notStreamed "the answer of several calls")

    /// <summary>Changes the answer.</summary>
    let map (change: 'first -> 'second) (call: Call<'input, 'first>) : Call<'input, 'second> =
        Call(call.Asks, call.Preview, call.Invoke >> Llm.map change, notStreamed "a changed answer")

    /// <summary>Changes the answer, or finds that it is none.</summary>
    let mapResult (change: 'first -> Result<'second, LlmError>) (call: Call<'input, 'first>) : Call<'input, 'second> =
        Call(call.Asks, call.Preview, call.Invoke >> Llm.mapResult change, notStreamed "a changed answer")

    /// <summary>The call of another input, from which its own is made.</summary>
    let contramap (change: 'outer -> 'input) (call: Call<'input, 'output>) : Call<'outer, 'output> =
        Call(call.Asks, change >> call.Preview, change >> call.Invoke, change >> call.Stream)

    /// <summary>The texts of the answer.</summary>
    let text (call: Call<'input, Response>) : Call<'input, string> = map Response.text call

    /// <summary>The value of the answer.</summary>
    let value (call: Call<'input, Response<'value>>) : Call<'input, 'value> = map _.Value call

    /// <summary>
    /// The call whose answer is a value of a format, with the response that it was read from. A text that is no such value is told what is
    /// wrong and asked for again, at most so many times; then it is <c>Unparsable</c>. In a chain, the call that gives the answer has the format.
    /// </summary>
    /// <example><c>recommend |> Call.withFormatRetrying 2 (Format.ofType&lt;Book&gt; ())</c></example>
    let withFormatRetrying (retries: int) (format: Format<'value>) (call: Call<'input, Response>) : Call<'input, Response<'value>> =
        Call(
            (if retries < 1 then call.Asks else Asks.Several),
            call.Preview,
            call.Invoke >> Answering.formatted retries format,
            call.Stream >> Answering.inFormat format
        )

    /// <summary>The call whose answer is a value of a format, with the response that it was read from; a text that is none is <c>Unparsable</c>.</summary>
    /// <example><c>recommend |> Call.withFormat (Format.ofType&lt;Book&gt; ()) |> Call.value</c></example>
    let withFormat (format: Format<'value>) (call: Call<'input, Response>) : Call<'input, Response<'value>> =
        withFormatRetrying 0 format call

    /// <summary>
    /// The call with these tools, which are run and whose outputs are sent back until the model answers: at most so many rounds. In a chain, the
    /// call that gives the answer has them.
    /// </summary>
    let withToolkit
        (rounds: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (call: Call<'input, Response>)
        : Call<'input, ToolLoopRun> =
        several (call.Invoke >> Answering.equipped rounds context toolkit)

    /// <summary>Looks at the answer as it passes.</summary>
    let tap (look: 'output -> unit) (call: Call<'input, 'output>) : Call<'input, 'output> =
        map
            (fun output ->
                look output
                output)
            call

    /// <summary>The call, and then the next one with its answer.</summary>
    let andThen (next: Call<'middle, 'output>) (call: Call<'input, 'middle>) : Call<'input, 'output> =
        Call(
            Asks.Several,
            call.Preview,
            (fun input -> call.Invoke input |> Llm.bind next.Invoke),
            (fun input -> call.Invoke input |> Llm.bind next.Stream)
        )

    /// <summary>The call, and then the one that its answer chooses, with that answer.</summary>
    /// <example><c>classify |> Call.choose (fun mood -> if mood = "angry" then apologize else thank)</c></example>
    let choose (next: 'middle -> Call<'middle, 'output>) (call: Call<'input, 'middle>) : Call<'input, 'output> =
        Call(
            Asks.Several,
            call.Preview,
            (fun input -> call.Invoke input |> Llm.bind (fun middle -> (next middle).Invoke middle)),
            (fun input -> call.Invoke input |> Llm.bind (fun middle -> (next middle).Stream middle))
        )

    /// <summary>The call, and then the one that is made from its answer, with the same input.</summary>
    let bind (next: 'middle -> Call<'input, 'output>) (call: Call<'input, 'middle>) : Call<'input, 'output> =
        Call(
            Asks.Several,
            call.Preview,
            (fun input -> call.Invoke input |> Llm.bind (fun middle -> (next middle).Invoke input)),
            (fun input -> call.Invoke input |> Llm.bind (fun middle -> (next middle).Stream input))
        )

    /// <summary>Both calls at once, with the same input. An error of one cancels the other.</summary>
    let both (first: Call<'input, 'first>) (second: Call<'input, 'second>) : Call<'input, 'first * 'second> =
        several (fun input -> Llm.both (first.Invoke input) (second.Invoke input))

    /// <summary>All calls at once, with the same input; the answers in their order. The first error cancels the others.</summary>
    let all (calls: Call<'input, 'output> list) : Call<'input, 'output list> =
        several (fun input -> calls |> List.map (fun call -> call.Invoke input) |> Llm.all calls.Length)

    /// <summary>The call for each of many inputs, at most so many at once; the answers in the order of the inputs. The first error cancels the rest.</summary>
    /// <example><c>summarize |> Call.traverse 4 |> Call.run chapters cancellationToken</c></example>
    let traverse (limit: int) (call: Call<'input, 'output>) : Call<'input list, 'output list> = several (Llm.traverse limit call.Invoke)

    /// <summary>All calls at once, with the same input. The first answer wins, and the others are cancelled; without any, the first call's error.</summary>
    let race (calls: Call<'input, 'output> list) : Call<'input, 'output> =
        several (fun input -> calls |> List.map (fun call -> call.Invoke input) |> Llm.race)

    /// <summary>
    /// The call again and again, each time with its own answer, until one is good, and at most so many times: the last answer. With no times at
    /// all, it is the input.
    /// </summary>
    /// <example><c>refine |> Call.iterate 3 (fun draft -> draft.Score > 8)</c></example>
    let iterate (limit: int) (isGood: 'state -> bool) (call: Call<'state, 'state>) : Call<'state, 'state> =
        several (fun input -> llm {
            let mutable state = input
            let mutable times = 0
            let mutable isDone = false

            while not isDone && times < limit do
                let! next = call.Invoke state
                state <- next
                times <- times + 1
                isDone <- isGood next

            return state
        })

    /// <summary>Goes on from an error, with the same input.</summary>
    let recover (handle: LlmError -> Call<'input, 'output>) (call: Call<'input, 'output>) : Call<'input, 'output> =
        Call(
            Asks.Several,
            call.Preview,
            (fun input -> call.Invoke input |> Llm.recover (fun error -> (handle error).Invoke input)),
            (fun input -> call.Stream input |> Llm.recover (fun error -> (handle error).Stream input))
        )

    /// <summary>
    /// The call, and when it fails in a way that another try may mend, the same of the other models, one after the other. Without any answer, the
    /// last error.
    /// </summary>
    let rec fallback (models: Model list) (call: Call<'input, 'output>) : Call<'input, 'output> =
        match models with
        | [] -> call
        | next :: others ->
            let handle error =
                if LlmError.isRetryable error then
                    withModel next call |> fallback others
                else
                    ofFunction (fun _ -> Llm.fail error)

            recover handle call

    /// <summary>Gives up with a <c>Timeout</c> when it takes longer; what it does then is cancelled. Of a stream, the time until it opens.</summary>
    let timeout (limit: TimeSpan) (call: Call<'input, 'output>) : Call<'input, 'output> = lift (Llm.timeout limit) (Llm.timeout limit) call

    /// <summary>
    /// Tries again as the policy says, after what the provider asks to wait (<c>Retry-After</c>), or the policy's own wait. Of a stream, until
    /// it opens.
    /// </summary>
    let retry (policy: RetryPolicy) (call: Call<'input, 'output>) : Call<'input, 'output> =
        Call(Asks.Several, call.Preview, call.Invoke >> Llm.retry policy, call.Stream >> Llm.retry policy)
