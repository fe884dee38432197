// The type of calls and of answers in a format. Functions on calls are in Call; this knows only what a call is made of.
namespace Llm.Core

/// <summary>An answer in a format: the value, and the response that it was read from.</summary>
[<NoComparison; NoEquality>]
type Response<'value> =
    {
        /// The value.
        Value: 'value
        /// The whole response.
        Response: Response
    }

    interface IShown with
        member this.Shown = Response.pretty this.Response

/// How often a call asks a model, and whether what it asks is there at once.
[<RequireQualifiedAccess>]
type internal Asks =
    /// One model once, with a prompt that waits for nothing.
    | AtOnce
    /// One model once, with a prompt that takes work.
    | AfterWork
    /// Any number of models, or none.
    | Several

/// <summary>
/// A prompt function and the model it asks, or a chain of these: a value that is called with an input, as often as one likes. It never changes.
/// </summary>
/// <example><c>let recommend = Call.create gpt (fun genre -> $"Please recommend a book in {genre}.")</c></example>
[<Sealed; NoComparison; NoEquality>]
type Call<'input, 'output>
    internal
    (asks: Asks, preview: 'input -> Result<Message list, LlmError>, invoke: 'input -> Llm<'output>, stream: 'input -> Llm<StreamResponse>) =
    /// How often it asks a model.
    member internal _.Asks = asks

    /// Whether it asks one model once, and is one step of a trace.
    member internal _.IsAsking = not asks.IsSeveral

    member internal _.Preview(input: 'input) = preview input

    member internal _.Stream(input: 'input) : Llm<StreamResponse> =
        Llm(fun scope cancellationToken -> (stream input).Start(scope, cancellationToken))

    /// <summary>The call of this input, as work for <c>llm { }</c>. Nothing happens before that is run.</summary>
    /// <example><c>llm { let! response = recommend.Invoke "fantasy" in return Response.text response }</c></example>
    member _.Invoke(input: 'input) : Llm<'output> = Llm(fun scope cancellationToken -> (invoke input).Start(scope, cancellationToken))
