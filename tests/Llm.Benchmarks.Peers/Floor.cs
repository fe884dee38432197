// The least that any client must do: HttpClient, lines, a JSON reader over every byte, and a StringBuilder. No library can be much below;
// what it costs more is what its types cost.
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace Llm.Benchmarks.Peers;

/// <summary>What no client can do without.</summary>
public sealed class Floor(HttpMessageHandler handler, string property, string address = "http://localhost/")
{
    private readonly HttpClient _client = new(handler);
    private readonly byte[] _property = Encoding.UTF8.GetBytes(property);
    private readonly byte[] _question = """{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}"""u8.ToArray();

    /// <summary>The length of a stream's text, from bytes that are there.</summary>
    public int Decode(byte[] body)
    {
        var text = new StringBuilder();
        ReadOnlySpan<byte> rest = body;

        while (rest.IndexOf((byte)'\n') is var end and >= 0)
        {
            ReadOnlySpan<byte> line = rest[..end];
            rest = rest[(end + 1)..];

            if (line.StartsWith("data: {"u8))
                Append(line[6..], text);
        }

        return text.ToString().Length;
    }

    /// <summary>The length of a streamed answer's text.</summary>
    public async Task<int> StreamAsync()
    {
        using HttpResponseMessage response = await SendAsync().ConfigureAwait(false);
        using Stream body = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        var text = new StringBuilder();

        await foreach (SseItem<int> _ in SseParser.Create(body, (_, data) => Append(data, text)).EnumerateAsync().ConfigureAwait(false))
        {
        }

        return text.ToString().Length;
    }

    /// <summary>The length of a whole answer's text.</summary>
    public async Task<int> CallAsync()
    {
        using HttpResponseMessage response = await SendAsync().ConfigureAwait(false);
        byte[] body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        var text = new StringBuilder();
        Append(body, text);
        return text.ToString().Length;
    }

    private async Task<HttpResponseMessage> SendAsync()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(_question) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer key");
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
    }

    /// <summary>Every token is read; the property's strings are kept.</summary>
    private int Append(ReadOnlySpan<byte> json, StringBuilder text)
    {
        if (json.IsEmpty || json[0] != '{')
            return 0;

        var reader = new Utf8JsonReader(json);

        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(_property))
                continue;

            reader.Read();

            if (reader.TokenType == JsonTokenType.String)
                text.Append(reader.GetString());
        }

        return text.Length;
    }
}
