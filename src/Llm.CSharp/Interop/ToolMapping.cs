// Calls of tools, their results, and what a model may use, to the core and back.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class ToolMapping
{
    public static Core.ToolCall ToCore(ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);

        return new(
            Texts.Required(call.Id, nameof(ToolCall.Id)),
            Texts.Required(call.Name, nameof(ToolCall.Name)),
            Texts.Required(call.Arguments, nameof(ToolCall.Arguments)));
    }

    public static ToolCall ToFacade(Core.ToolCall call) => new(call.Id, call.Name, call.Arguments);

    public static Core.ToolOutput ToCore(ToolOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);

        return new(
            Texts.Required(output.Id, nameof(ToolOutput.Id)),
            Texts.Required(output.Name, nameof(ToolOutput.Name)),
            Texts.Required(output.Result, nameof(ToolOutput.Result)),
            output.IsError);
    }

    public static ToolOutput ToFacade(Core.ToolOutput output) => new(output.Id, output.Name, output.Result, output.IsError);

    public static ToolResults ToFacade(FSharpList<Core.ToolResult> results) => new(Lists.ToFacade(results, ToFacade));

    public static ToolResults Settle(ToolOutput output, ToolResults results) =>
        ToFacade(Core.ToolResultModule.settle(ToCore(output), ToCore(results)));

    public static string ToJson(ToolResults results) => Core.ToolResultModule.toJson(ToCore(results));

    public static Result<ToolResults> FromJson(string json)
    {
        FSharpResult<FSharpList<Core.ToolResult>, Core.LlmError> results = Core.ToolResultModule.ofJson(json);
        return results.IsOk ? ToFacade(results.ResultValue) : ErrorMapping.ToException(results.ErrorValue);
    }

    public static Core.ToolRequest ToRequest(Toolkit tools, IReadOnlyList<ProviderTool> providerTools, ToolChoice choice) =>
        new(tools.Handle.Definitions, Lists.ToCore(providerTools, ToCore), ToCore(choice));

    private static ToolResult ToFacade(Core.ToolResult result) => result switch
    {
        Core.ToolResult.Finished finished => new ToolResult.Finished(ToFacade(finished.Item)),
        Core.ToolResult.Waiting waiting => new ToolResult.Waiting(ToFacade(waiting.Item)),
        _ => throw PartMapping.Unknown(result),
    };

    private static FSharpList<Core.ToolResult> ToCore(ToolResults results) => Lists.ToCore(results, ToCore);

    private static Core.ToolResult ToCore(ToolResult result) => result switch
    {
        ToolResult.Finished finished => Core.ToolResult.NewFinished(ToCore(finished.Output)),
        ToolResult.Waiting waiting => Core.ToolResult.NewWaiting(ToCore(waiting.Call)),
        _ => throw new ArgumentNullException(nameof(result), "A result is null."),
    };

    private static Core.ProviderTool ToCore(ProviderTool tool) => tool switch
    {
        ProviderTool.WebSearch => Core.ProviderTool.WebSearch,
        _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, "There is no such tool of providers."),
    };

    private static Core.ToolChoice ToCore(ToolChoice choice) => choice.Kind switch
    {
        ToolChoiceKind.Auto => Core.ToolChoice.Auto,
        ToolChoiceKind.None => Core.ToolChoice.None,
        ToolChoiceKind.Required => Core.ToolChoice.Required,
        _ => Core.ToolChoice.NewOne(Texts.Required(choice.Name!, nameof(ToolChoice.Name))),
    };
}
