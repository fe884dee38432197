// The same calls by the vendors' own libraries, and by this library's facade for C#, each in the way that its documentation shows first.
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;

namespace Llm.Benchmarks.Peers;

/// <summary>Something that can be asked: it gives the length of the answer's text.</summary>
public interface IPeer
{
    /// <summary>With the answer as a stream.</summary>
    Task<int> StreamAsync();

    /// <summary>With the whole answer.</summary>
    Task<int> CallAsync();
}

/// <summary>OpenAI's library, by chat completions.</summary>
public sealed class OpenAIPeer(HttpMessageHandler handler, string address = "http://localhost/v1") : IPeer
{
    private static readonly ChatMessage[] _question = [new UserChatMessage("hi")];

    private readonly ChatClient _client = new(
        "m",
        new ApiKeyCredential("key"),
        new OpenAIClientOptions
        {
            Endpoint = new Uri(address),
            Transport = new HttpClientPipelineTransport(new HttpClient(handler)),
        });

    /// <inheritdoc />
    public async Task<int> StreamAsync()
    {
        var text = new StringBuilder();

        await foreach (StreamingChatCompletionUpdate update in _client.CompleteChatStreamingAsync(_question).ConfigureAwait(false))
            foreach (ChatMessageContentPart part in update.ContentUpdate)
                text.Append(part.Text);

        return text.ToString().Length;
    }

    /// <inheritdoc />
    public async Task<int> CallAsync()
    {
        ChatCompletion answer = await _client.CompleteChatAsync(_question).ConfigureAwait(false);
        return answer.Content[0].Text.Length;
    }
}

/// <summary>Anthropic's library.</summary>
public sealed class AnthropicPeer(HttpMessageHandler handler) : IPeer
{
    private static readonly MessageCreateParams _question = new()
    {
        MaxTokens = 1024,
        Model = "m",
        Messages = [new UserMessageParam { Content = "hi" }],
    };

    private readonly AnthropicClient _client = new() { ApiKey = "key", BaseUrl = "http://localhost", HttpClient = new HttpClient(handler) };

    /// <inheritdoc />
    public async Task<int> StreamAsync()
    {
        var text = new StringBuilder();

        await foreach (RawMessageStreamEvent update in _client.Messages.CreateStreaming(_question).ConfigureAwait(false))
            if (update.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
                text.Append(piece.Text);

        return text.ToString().Length;
    }

    /// <inheritdoc />
    public async Task<int> CallAsync()
    {
        var answer = await _client.Messages.Create(_question).ConfigureAwait(false);
        return answer.Content[0].TryPickText(out var text) ? text.Text.Length : 0;
    }
}

/// <summary>This library's facade for C#.</summary>
public sealed class FacadePeer : IPeer
{
    private readonly Model _model;

    /// <summary>Over the library's own connections, by the environment's address and key.</summary>
    public FacadePeer(string model) => _model = new(model);

    /// <summary>Over a handler.</summary>
    public FacadePeer(HttpMessageHandler handler, string provider, string model) =>
        _model = new(model, client: new LlmClient { Transport = LlmTransport.FromHttpClient(new HttpClient(handler)) }.WithApiKey(provider, "key"));

    /// <inheritdoc />
    public async Task<int> StreamAsync()
    {
        var text = new StringBuilder();
        await using StreamResponse stream = _model.Stream("hi");

        await foreach (string piece in stream.TextAsync().ConfigureAwait(false))
            text.Append(piece);

        return text.ToString().Length;
    }

    /// <inheritdoc />
    public async Task<int> CallAsync() => (await _model.CallAsync("hi").ConfigureAwait(false)).Text.Length;
}
