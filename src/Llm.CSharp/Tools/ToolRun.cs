// A conversation with tools, run until the model answers, and how it came to rest.
namespace Llm;

/// <summary>
/// How a conversation with tools came to rest: <see cref="Answered"/>, <see cref="Waiting"/>, <see cref="OutOfRounds"/> or
/// <see cref="Failed"/>.
/// </summary>
/// <param name="Response">The last answer; its messages are the whole conversation.</param>
/// <param name="Responses">All answers, oldest first.</param>
/// <example>
/// <code>
/// string text = await model.WithTools(tools).RunToolsAsync("How is Oslo?", rounds: 8) switch
/// {
///     ToolRun.Answered run => run.Response.Text,
///     ToolRun.Waiting run => $"May I call {run.Results.Waiting[0].Name}?",
///     ToolRun.Failed run => throw run.Error,
///     var run => $"No answer after {run.Responses.Count} calls.",
/// };
/// </code>
/// </example>
public abstract record ToolRun(Response Response, IReadOnlyList<Response> Responses)
{
    /// <summary>What all answers used together; null when the provider has not said.</summary>
    public Usage? Usage => Turns.Usage(Responses);

    /// <summary>The model answered without calling a tool.</summary>
    public sealed record Answered : ToolRun
    {
        internal Answered(Response response, IReadOnlyList<Response> responses)
            : base(response, responses)
        {
        }
    }

    /// <summary>
    /// Calls wait for approval: settle them, then go on with <see cref="Model.RunToolsAsync(IEnumerable{Message}, ToolResults, int, CancellationToken)"/>,
    /// also after conversation and results were stored and read back.
    /// </summary>
    public sealed record Waiting : ToolRun
    {
        internal Waiting(Response response, IReadOnlyList<Response> responses, ToolResults results)
            : base(response, responses) => Results = results;

        /// <summary>What became of the calls of the last answer.</summary>
        public ToolResults Results { get; }
    }

    /// <summary>The limit of rounds was reached while the model still called tools; those calls were not run.</summary>
    public sealed record OutOfRounds : ToolRun
    {
        internal OutOfRounds(Response response, IReadOnlyList<Response> responses)
            : base(response, responses)
        {
        }
    }

    /// <summary>The tools were run, but the call that should have told the model failed; going on with the results tries again.</summary>
    public sealed record Failed : ToolRun
    {
        internal Failed(Response response, IReadOnlyList<Response> responses, ToolResults results, LlmException error)
            : base(response, responses)
        {
            Results = results;
            Error = error;
        }

        /// <summary>What became of the calls of the last answer.</summary>
        public ToolResults Results { get; }

        /// <summary>Why the model could not be told; not thrown.</summary>
        public LlmException Error { get; }
    }

    /// <summary>Goes on from an answer, at most so many rounds.</summary>
    internal static async Task<ToolRun> GoOnAsync(Response response, int rounds, CancellationToken cancellationToken)
    {
        List<Response> responses = [response];

        for (; response.ToolCalls.Count > 0; rounds--)
        {
            if (rounds <= 0)
                return new OutOfRounds(response, ValueList.Of(responses));

            ToolResults results = await response.ExecuteToolsAsync(cancellationToken).ConfigureAwait(false);

            if (results.Waiting.Count > 0)
                return new Waiting(response, ValueList.Of(responses), results);

            Result<Response> next = await response.TryResumeAsync(results, cancellationToken).ConfigureAwait(false);

            if (!next.TryGetValue(out Response? answer, out LlmException? error))
                return new Failed(response, ValueList.Of(responses), results, error);

            response = answer;
            responses.Add(response);
        }

        return new Answered(response, ValueList.Of(responses));
    }
}
