// Media from where they are, by the core.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class MediaLoading
{
    private static readonly MediaOptions _usual = new();

    public static async Task<Result<Image>> TryImageAsync(
        Func<MediaOptions, Core.MediaSource> source,
        MediaOptions? options,
        CancellationToken token) =>
        Tried(await LoadImageAsync(source, options ?? _usual, token).ConfigureAwait(false), PartMapping.ToFacade);

    public static async Task<Image> ImageAsync(Func<MediaOptions, Core.MediaSource> source, MediaOptions? options, CancellationToken token) =>
        (await TryImageAsync(source, options, token).ConfigureAwait(false)).Value;

    public static async Task<Result<Audio>> TryAudioAsync(
        Func<MediaOptions, Core.MediaSource> source,
        MediaOptions? options,
        CancellationToken token) =>
        Tried(await LoadAudioAsync(source, options ?? _usual, token).ConfigureAwait(false), ToFacade);

    public static async Task<Audio> AudioAsync(Func<MediaOptions, Core.MediaSource> source, MediaOptions? options, CancellationToken token) =>
        (await TryAudioAsync(source, options, token).ConfigureAwait(false)).Value;

    public static async Task<Result<Document>> TryDocumentAsync(
        Func<MediaOptions, Core.MediaSource> source,
        MediaOptions? options,
        CancellationToken token) =>
        Tried(await LoadDocumentAsync(source, options ?? _usual, token).ConfigureAwait(false), PartMapping.ToFacade);

    public static async Task<Document> DocumentAsync(Func<MediaOptions, Core.MediaSource> source, MediaOptions? options, CancellationToken token) =>
        (await TryDocumentAsync(source, options, token).ConfigureAwait(false)).Value;

    // What is there already is not waited for.
    public static Image Image(Core.MediaSource source, MediaOptions? options) =>
        PartMapping.ToFacade(Value(LoadImageAsync(_ => source, options ?? _usual, CancellationToken.None).Result));

    public static Audio Audio(Core.MediaSource source, MediaOptions? options) =>
        ToFacade(Value(LoadAudioAsync(_ => source, options ?? _usual, CancellationToken.None).Result));

    public static Document Document(Core.MediaSource source, MediaOptions? options) =>
        PartMapping.ToFacade(Value(LoadDocumentAsync(_ => source, options ?? _usual, CancellationToken.None).Result));

    public static Core.MediaSource Bytes(Bytes data) => Core.MediaSource.NewBytes(PartMapping.ToCore(data));

    public static Core.MediaSource Base64(string text) => Core.MediaSource.NewBase64(Texts.Required(text, nameof(text)));

    public static Func<MediaOptions, Core.MediaSource> File(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return _ => Core.MediaSource.NewFile(path);
    }

    public static Func<MediaOptions, Core.MediaSource> Stream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return _ => Core.MediaSource.NewStream(stream);
    }

    public static Func<MediaOptions, Core.MediaSource> Download(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return options => Core.MediaSource.NewDownload(ClientMapping.ToCore(options.Client), address);
    }

    private static Task<FSharpResult<Core.Image, Core.LlmError>> LoadImageAsync(
        Func<MediaOptions, Core.MediaSource> source,
        MediaOptions options,
        CancellationToken token) =>
        Core.ImageModule.load(options.MaxBytes ?? Core.ImageModule.maxBytes, source(options)).Invoke(token);

    private static Task<FSharpResult<Core.Audio, Core.LlmError>> LoadAudioAsync(
        Func<MediaOptions, Core.MediaSource> source,
        MediaOptions options,
        CancellationToken token) =>
        Core.AudioModule.load(options.MaxBytes ?? Core.AudioModule.maxBytes, source(options)).Invoke(token);

    private static Task<FSharpResult<Core.Document, Core.LlmError>> LoadDocumentAsync(
        Func<MediaOptions, Core.MediaSource> source,
        MediaOptions options,
        CancellationToken token) =>
        Core.DocumentModule
            .load(options.MaxBytes ?? Core.DocumentModule.maxBytes, Optional.ToCore(options.MediaType), source(options))
            .Invoke(token);

    private static Audio ToFacade(Core.Audio audio) => new(audio.MediaType, PartMapping.ToFacade(audio.Data));

    private static Result<TMedia> Tried<T, TMedia>(FSharpResult<T, Core.LlmError> result, Func<T, TMedia> toFacade) =>
        result.IsOk ? toFacade(result.ResultValue) : ErrorMapping.ToException(result.ErrorValue);

    private static T Value<T>(FSharpResult<T, Core.LlmError> result) =>
        result.IsOk ? result.ResultValue : throw ErrorMapping.ToException(result.ErrorValue);
}
