// A prompt bundled with the model that answers it.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// <summary>A prompt function and the model it asks: a value that is called with the prompt's input.</summary>
[<NoComparison; NoEquality>]
type Call<'input> =
    {
        /// Who answers.
        Model: Model
        /// From the input to the conversation that is sent.
        Prompt: 'input -> Message list
    }

/// Functions on <see cref="T:Llm.Core.Call`1"/>.
[<RequireQualifiedAccess>]
module Call =
    /// <summary>A call whose prompt is a user's text.</summary>
    /// <example><c>let recommend = Call.create gpt (fun genre -> $"Please recommend a book in {genre}.")</c></example>
    let create (model: Model) (prompt: 'input -> string) : Call<'input> =
        { Model = model; Prompt = fun input -> [ Message.user (prompt input) ] }

    /// <summary>A call whose prompt is a whole conversation.</summary>
    let ofMessages (model: Model) (prompt: 'input -> Message list) : Call<'input> = { Model = model; Prompt = prompt }

    /// <summary>The call with another model.</summary>
    let withModel (model: Model) (call: Call<'input>) : Call<'input> = { call with Model = model }

    /// <summary>The call with other parameters.</summary>
    let withParams (parameters: Params) (call: Call<'input>) : Call<'input> = { call with Model = Model.withParams parameters call.Model }

    /// <summary>What would be sent for this input.</summary>
    let messages (input: 'input) (call: Call<'input>) : Message list = call.Prompt input

    /// <summary>Asks, and waits for the whole answer.</summary>
    /// <example><c>recommend |> Call.run "fantasy" cancellationToken</c></example>
    let run (input: 'input) (cancellationToken: CancellationToken) (call: Call<'input>) : Task<Result<Response, LlmError>> =
        Model.call (call.Prompt input) cancellationToken call.Model

    /// <summary>Asks, and gives the answer as a stream.</summary>
    let stream (input: 'input) (cancellationToken: CancellationToken) (call: Call<'input>) : Task<Result<StreamResponse, LlmError>> =
        Model.stream (call.Prompt input) cancellationToken call.Model
