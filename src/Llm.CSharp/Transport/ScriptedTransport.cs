// A transport that answers from a script: tests without a network, with faults where they are wanted.
using System.Text;
using Llm.Interop;

namespace Llm;

/// <summary>A transport that answers from a script, and what it was asked.</summary>
/// <example>
/// <code>
/// ScriptedTransport script = LlmTransport.Scripted(ScriptedAnswer.Json(body), ScriptedAnswer.Refusal(429, "{}"));
/// var model = new Model("openai/gpt-5", client: new LlmClient { Transport = script }.WithApiKey("openai", "test"));
/// </code>
/// </example>
public sealed class ScriptedTransport : LlmTransport
{
    private readonly ScriptHandle _script;

    internal ScriptedTransport(ScriptHandle script)
        : base(script.Transport) => _script = script;

    /// <summary>The requests so far, in order; without keys.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => _script.Requests;
}

/// <summary>A request that a script was asked.</summary>
/// <param name="Method">Such as <c>POST</c>.</param>
/// <param name="Url">The absolute address.</param>
/// <param name="Headers">Headers without keys.</param>
/// <param name="Body">The body: JSON.</param>
/// <param name="IsStream">Whether the answer is read while it comes.</param>
public sealed record ScriptedRequest(
    string Method,
    string Url,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    bool IsStream);

/// <summary>One answer of a script.</summary>
public sealed record ScriptedAnswer
{
    /// <summary>HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Response headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init => field = ValueList.Of(value); } =
        ValueList<KeyValuePair<string, string>>.Empty;

    /// <summary>The body, in the pieces in which it arrives.</summary>
    public IReadOnlyList<Bytes> Pieces { get; init => field = ValueList.Of(value); } = ValueList<Bytes>.Empty;

    /// <summary>Whether the connection breaks after the last piece, where it would else end.</summary>
    public bool IsBroken { get; init; }

    /// <summary>A JSON answer with status 200.</summary>
    /// <param name="body">The JSON.</param>
    public static ScriptedAnswer Json(string body) => new()
    {
        Headers = [new("content-type", "application/json")],
        Pieces = [Encoding.UTF8.GetBytes(body)],
    };

    /// <summary>A stream of server-sent events with status 200, each event's bytes arriving for themselves.</summary>
    /// <param name="data">The data of each event.</param>
    public static ScriptedAnswer Events(params string[] data) => new()
    {
        Headers = [new("content-type", "text/event-stream")],
        Pieces = [.. data.Select(text => (Bytes)Encoding.UTF8.GetBytes($"data: {text}\n\n"))],
    };

    /// <summary>A refusal.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="body">The body.</param>
    public static ScriptedAnswer Refusal(int status, string body) => Json(body) with { Status = status };

    /// <summary>The same answer, whose connection breaks after its last byte.</summary>
    public ScriptedAnswer Broken() => this with { IsBroken = true };
}
