// The core's tools and toolkits behind the facade's.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

/// <summary>The context of tools that need none.</summary>
internal readonly record struct NoContext;

internal sealed class ToolHandle<TContext>(Core.Tool<TContext> tool)
{
    public Core.Tool<TContext> Tool => tool;

    public string Name => tool.Definition.Name;

    public string Description => tool.Definition.Description;

    public string Parameters => Core.JsonModule.text(tool.Definition.Parameters);

    public bool? IsStrict => Optional.ToNullable(tool.Definition.Strict);

    public bool NeedsApproval => tool.NeedsApproval;

    public ToolHandle<TContext> WithName(string name) => new(Core.ToolModule.withName(Texts.Required(name, nameof(name)), tool));

    public ToolHandle<TContext> WithDescription(string description) =>
        new(Core.ToolModule.withDescription(Texts.Required(description, nameof(description)), tool));

    public ToolHandle<TContext> WithStrict(bool isStrict) => new(Core.ToolModule.withStrict(isStrict, tool));

    public ToolHandle<TContext> WithApproval() => new(Core.ToolModule.withApproval(tool));

    /// <summary>The tool with its context given once and for all, so that any other will do.</summary>
    public ToolHandle<TOther> Bind<TOther>(TContext context) =>
        new(
            new(
                tool.Definition,
                tool.NeedsApproval,
                FuncConvert.FromFunc<TOther, FSharpFunc<Core.ToolCall, FSharpFunc<CancellationToken, Task<Core.ToolOutput>>>>(
                    _ => tool.Run.Invoke(context))));

    public async Task<ToolOutput> RunAsync(TContext context, ToolCall call, CancellationToken cancellationToken) =>
        ToolMapping.ToFacade(
            await tool.Run.Invoke(context).Invoke(ToolMapping.ToCore(call)).Invoke(cancellationToken).ConfigureAwait(false));
}

internal sealed class ToolkitHandle
{
    public static readonly ToolkitHandle Empty = new(Core.Toolkit.empty<NoContext>());

    private readonly Core.Toolkit<NoContext> _toolkit;

    /// <exception cref="InvalidRequestException">Two have the same name, or one has a name that providers do not take.</exception>
    public ToolkitHandle(IReadOnlyList<ToolHandle<NoContext>> tools)
        : this(Checked(tools))
    {
    }

    private ToolkitHandle(Core.Toolkit<NoContext> toolkit) => _toolkit = toolkit;

    public FSharpList<Core.ToolDefinition> Definitions => _toolkit.Definitions;

    public static Core.Toolkit<TContext> Checked<TContext>(IReadOnlyList<ToolHandle<TContext>> tools)
    {
        FSharpResult<Core.Toolkit<TContext>, Core.LlmError> result = Core.Toolkit.create(Lists.ToCore(tools, tool => tool.Tool));
        return result.IsOk ? result.ResultValue : throw ErrorMapping.ToException(result.ErrorValue);
    }

    public async Task<ToolResults> ExecuteAsync(IReadOnlyList<ToolCall> calls, int concurrency, CancellationToken cancellationToken) =>
        ToolMapping.ToFacade(
            await Core.Toolkit.executeAllWith(concurrency, default, Lists.ToCore(calls, ToolMapping.ToCore), cancellationToken, _toolkit)
                .ConfigureAwait(false));

    public async Task<ToolOutput> ApproveAsync(ToolCall call, CancellationToken cancellationToken) =>
        ToolMapping.ToFacade(
            await Core.Toolkit.approve(default, ToolMapping.ToCore(call), cancellationToken, _toolkit).ConfigureAwait(false));

    public static ToolOutput Reject(ToolCall call, string reason) =>
        ToolMapping.ToFacade(Core.Toolkit.reject(Texts.Required(reason, nameof(reason)), ToolMapping.ToCore(call)));
}
