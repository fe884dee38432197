// The core's templates behind the facade's: values of the facade are translated on their way in.
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class TemplateMapping
{
    /// <summary>The facade's types and values, as the core's; all others are themselves.</summary>
    public static readonly Core.ForeignValues Values = new(
        FuncConvert.FromFunc<Type, Type>(CoreType),
        FuncConvert.FromFunc<object, object>(value => CoreValue(value)!));

    public static string Escape(string text) => Core.TextTemplateModule.escape(text);

    public static Result<IReadOnlyList<UserPart>> Interpolate(string format, object?[] values)
    {
        FSharpResult<FSharpList<Core.UserPart>, FSharpList<Core.TemplateError>> result =
            Core.TextTemplateModule.interpolate(Values, format, values!);

        return result.IsOk
            ? Lists.ToFacade(result.ResultValue, PartMapping.ToFacade)
            : ErrorMapping.ToException(Core.TemplateErrorModule.toLlmError(result.ErrorValue));
    }

    public static TemplateException ToException(FSharpList<Core.TemplateError> errors) =>
        new(Core.TemplateErrorModule.render(errors))
        {
            Errors = Lists.ToFacade(errors, error => new TemplateError(error.Line, error.Column, error.Reason)),
        };

    private static Type CoreType(Type type) => type switch
    {
        _ when type.IsAssignableTo(typeof(Image)) => typeof(Core.Image),
        _ when type.IsAssignableTo(typeof(Document)) => typeof(Core.Document),
        _ when type == typeof(Audio) => typeof(Core.Audio),
        _ when type.IsAssignableTo(typeof(UserPart)) => typeof(Core.UserPart),
        _ when type.IsAssignableTo(typeof(AssistantPart)) => typeof(Core.AssistantPart),
        _ when type.IsAssignableTo(typeof(Message)) => typeof(Core.Message),
        _ when type == typeof(Bytes) => typeof(Core.Bytes),
        { IsArray: true } => CoreType(type.GetElementType()!).MakeArrayType(),
        _ when ItemOf(type) is { } item && CoreType(item) is var core && core != item => typeof(IEnumerable<>).MakeGenericType(core),
        _ => type,
    };

    private static Type? ItemOf(Type type) =>
        type == typeof(string)
            ? null
            : type.GetInterfaces()
                .Append(type)
                .FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IEnumerable<>))
                ?.GetGenericArguments()[0];

    private static object? CoreValue(object? value) => value switch
    {
        Image image => PartMapping.ToCore(image),
        UserPart part => PartMapping.ToCore(part),
        AssistantPart part => PartMapping.ToCore(part),
        Message message => MessageMapping.ToCore(message),
        Bytes bytes => PartMapping.ToCore(bytes),
        Response response => response.Text,
        _ => value,
    };
}

internal sealed class TemplateHandle<TInput>(Core.PromptTemplate<TInput> template)
{
    public PromptCaching? Caching => template.Caching is { Value: var caching } ? CallMapping.ToFacade(caching) : null;

    public static Result<TemplateHandle<TInput>> Parse(string text)
    {
        FSharpResult<Core.PromptTemplate<TInput>, FSharpList<Core.TemplateError>> result =
            Core.PromptTemplate.parseFor<TInput>(TemplateMapping.Values, text);

        return result.IsOk ? new TemplateHandle<TInput>(result.ResultValue) : TemplateMapping.ToException(result.ErrorValue);
    }

    public Result<IReadOnlyList<Message>> Messages(TInput input)
    {
        FSharpResult<FSharpList<Core.Message>, Core.LlmError> result = template.Render.Invoke(input);
        return result.IsOk ? MessageMapping.ToFacade(result.ResultValue) : ErrorMapping.ToException(result.ErrorValue);
    }
}
