// The core's formats behind the facade's.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

/// <summary>What the provider is asked for, whatever is read from the answer.</summary>
internal sealed record OutputHandle(Core.OutputFormat Output);

internal sealed class FormatHandle<T>(Core.Format<T> format)
{
    public Core.Format<T> Format => format;

    public OutputHandle Output { get; } = new(format.Output);

    public string Name => format.Output.Name;

    public string Schema => Core.JsonModule.text(format.Output.Schema);

    public string? Instructions => Optional.ToReference(format.Output.Instructions);

    public FormatMode? Mode => format.Output.Mode is { } mode ? ToFacade(mode.Value) : null;

    public static FormatHandle<T> OfType() => new(Core.Format.ofType<T>());

    public static FormatHandle<T> Parser(string name, string instructions, Func<string, T> parse) =>
        new(Core.Format.parser(
            Texts.Required(name, nameof(name)),
            Texts.Required(instructions, nameof(instructions)),
            FuncConvert.FromFunc<string, FSharpResult<T, string>>(text => Guarded(parse, text))));

    public FormatHandle<T> WithMode(FormatMode mode) => new(Core.Format.withMode(ToCore(mode), format));

    public FormatHandle<T> WithInstructions(string instructions) =>
        new(Core.Format.withInstructions(Texts.Required(instructions, nameof(instructions)), format));

    public Result<T> TryParse(string text)
    {
        FSharpResult<T, Core.ParseProblem> result = Core.Format.parse(Texts.Required(text, nameof(text)), format);
        return ToFacade(result, text);
    }

    /// <summary>The value of an answer; JSON may be cut into parts anywhere.</summary>
    public Result<T> TryParse(Response response) =>
        ToFacade(Core.Format.parseContent(Lists.ToCore(response.Content, PartMapping.ToCore), format), response.Text);

    public static Result<T> ToFacade(FSharpResult<T, Core.ParseProblem> result, string text) =>
        result.IsOk
            ? result.ResultValue
            : new ParseException(Core.ParseProblemModule.render(result.ErrorValue))
            {
                RetryMessage = Core.Format.retryMessage(result.ErrorValue),
                Text = text,
            };

    /// <summary>What a caller's own parser throws is its refusal.</summary>
    private static FSharpResult<T, string> Guarded(Func<string, T> parse, string text)
    {
        try
        {
            return FSharpResult<T, string>.NewOk(parse(text));
        }
        catch (Exception refusal) when (refusal is not OperationCanceledException)
        {
            return FSharpResult<T, string>.NewError(refusal.Message);
        }
    }

    private static Core.FormatMode ToCore(FormatMode mode) => mode switch
    {
        FormatMode.Strict => Core.FormatMode.Strict,
        FormatMode.Json => Core.FormatMode.Json,
        FormatMode.Tool => Core.FormatMode.Tool,
        FormatMode.Parser => throw new ArgumentException("A parser is made by Format.Parser.", nameof(mode)),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode."),
    };

    private static FormatMode ToFacade(Core.FormatMode mode) => mode.Tag switch
    {
        Core.FormatMode.Tags.Strict => FormatMode.Strict,
        Core.FormatMode.Tags.Json => FormatMode.Json,
        Core.FormatMode.Tags.Tool => FormatMode.Tool,
        _ => FormatMode.Parser,
    };
}
