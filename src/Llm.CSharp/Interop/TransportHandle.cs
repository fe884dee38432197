// The core's transports behind the facade's.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal sealed class TransportHandle(Core.Transport transport)
{
    public static TransportHandle Standard { get; } = new(Core.HttpTransport.standard);

    public Core.Transport Transport => transport;

    public static TransportHandle Pooled(TimeProvider timeProvider) =>
        new(Core.HttpTransport.create(timeProvider));

    public static TransportHandle FromFactory(Func<HttpClient> createClient) =>
        new(Core.HttpTransport.ofFactory(FuncConvert.FromFunc(createClient)));

    public static TransportHandle Replay(string path)
    {
        FSharpResult<Core.Transport, Core.LlmError> result = Core.RecordingTransport.ofFile(path);
        return result.IsOk ? new(result.ResultValue) : throw ErrorMapping.ToException(result.ErrorValue);
    }

    public TransportHandle RecordTo(string path) => new(Core.RecordingTransport.recordTo(path, transport));
}

/// <summary>The core's script.</summary>
internal sealed class ScriptHandle(Core.ScriptedTransport script)
{
    public TransportHandle Transport { get; } = new(script.Transport);

    public ValueList<ScriptedRequest> Requests => Lists.ToFacade(script.Requests.Invoke(null!), ToFacade);

    public static ScriptHandle Create(IReadOnlyList<ScriptedAnswer> answers) =>
        new(Core.ScriptedTransportModule.create(Lists.ToCore(answers, ToCore)));

    private static Core.ScriptedAnswer ToCore(ScriptedAnswer answer) =>
        new(
            answer.Status,
            Lists.ToCore(answer.Headers, header => Tuple.Create(header.Key, header.Value)),
            Lists.ToCore(answer.Pieces, piece => piece.ToArray()),
            answer.IsBroken);

    private static ScriptedRequest ToFacade(Core.TransportRequest request) =>
        new(request.Method, request.Url, ToFacade(request.Headers), Core.RequestBodyModule.text(request.Body), request.Stream);

    private static ValueList<KeyValuePair<string, string>> ToFacade(FSharpList<Tuple<string, string>> headers) =>
        Lists.ToFacade(headers, header => KeyValuePair.Create(header.Item1, header.Item2));
}
