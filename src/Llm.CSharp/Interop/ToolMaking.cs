// Tools of delegates and methods: names as the user wrote them, parameters by the core's walk over types.
using System.Reflection;
using System.Reflection.Emit;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

internal static class ToolMaking
{
    /// <summary>What a call is made with: the arguments, in the order of the parameters.</summary>
    private delegate object? Call(object?[] arguments);

    public static ToolHandle<TContext> Create<TContext>(Delegate method, string? name, string? description)
    {
        ArgumentNullException.ThrowIfNull(method);
        Delegate inner = Innermost(method);
        MethodInfo invoke = inner.GetType().GetMethod("Invoke")!;
        ParameterInfo[] all = inner.Method.GetParameters();

        // What a delegate holds already, such as the receiver of an extension method, comes first.
        int held = all.Length - invoke.GetParameters().Length;

        if (held < 0)
            throw new ArgumentException("A delegate that takes its receiver as an argument is no tool; give it one.", nameof(method));

        return Create<TContext>(inner.Method, all[held..], arguments => Invoke(invoke, inner, arguments), name, description);
    }

    public static ToolHandle<TContext> Create<TContext>(MethodInfo method, object? target, string? name, string? description)
    {
        ArgumentNullException.ThrowIfNull(method);

        if (!method.IsStatic && target is null)
            throw new ArgumentException($"{method.Name} is a method of an object, which is not given.", nameof(target));

        return Create<TContext>(method, method.GetParameters(), arguments => Invoke(method, target, arguments), name, description);
    }

    private static ToolHandle<TContext> Create<TContext>(
        MethodInfo method,
        ParameterInfo[] parameters,
        Call call,
        string? name,
        string? description)
    {
        if (method.ContainsGenericParameters)
            throw new ArgumentException($"{method.Name} has open type parameters.", nameof(method));

        string given = name
            ?? WrittenName(method)
            ?? throw new ArgumentException("A lambda has no name: give the tool one.", nameof(name));

        if (typeof(TContext) != typeof(NoContext) && !parameters.Any(IsContext<TContext>))
            throw new ArgumentException($"'{given}' takes no {typeof(TContext).Name}.", nameof(method));

        ParameterInfo? nameless = parameters.FirstOrDefault(parameter => !IsContext<TContext>(parameter) && !HasWrittenName(parameter));

        if (nameless is not null)
            throw new ArgumentException($"The parameter at {nameless.Position} of '{given}' has no name that a model could use.", nameof(method));

        FSharpList<ParameterInfo> known = ListModule.OfSeq(parameters.Where(parameter => !IsContext<TContext>(parameter)));

        object? Run(TContext context, object values, CancellationToken cancellationToken)
        {
            using IEnumerator<object> filled =
                ((IEnumerable<object>)Core.ToolMethod.fill(known, values, cancellationToken)).GetEnumerator();
            return call([.. parameters.Select(parameter => IsContext<TContext>(parameter) ? context : Next(filled))]);
        }

        return new(
            Core.ToolRun.make(
                given,
                description ?? Described(method) ?? given,
                new Core.ToolFunction<TContext>(
                    Shaped(method, known, given),
                    Core.OutcomeModule.ofType(method.ReturnType),
                    FuncConvert.FromFunc<TContext, object, CancellationToken, object>((context, values, token) => Run(context, values, token)!))));
    }

    /// <summary>A delegate that only invokes another stands for that one.</summary>
    private static Delegate Innermost(Delegate method) =>
        method is { Target: Delegate inner, Method.Name: "Invoke" } ? Innermost(inner) : method;

    /// <summary>The name in the program's text; the compiler hides that of a local function within its own, and a lambda has none.</summary>
    private static string? WrittenName(MethodInfo method)
    {
        const string mark = ">g__";
        int local = method.Name.IndexOf(mark, StringComparison.Ordinal);

        if (local >= 0)
            return method.Name[(local + mark.Length)..].Split('|')[0];

        bool isHidden = method.Name is "" or "Invoke" || method.Name.StartsWith('<') || method is DynamicMethod;
        return isHidden ? null : method.Name[(method.Name.LastIndexOf('.') + 1)..];
    }

    /// <summary>Compiled expressions have no names of parameters, and closures of F# have numbers.</summary>
    private static bool HasWrittenName(ParameterInfo parameter) =>
        !string.IsNullOrEmpty(parameter.Name)
        && !parameter.Name.StartsWith("delegateArg", StringComparison.Ordinal)
        && parameter.Member is not DynamicMethod;

    private static Core.Shape Shaped(MethodInfo method, FSharpList<ParameterInfo> parameters, string name)
    {
        try
        {
            return Core.ToolMethod.arguments(method, parameters);
        }
        catch (NotSupportedException problem)
        {
            // The compiler's name of a lambda would tell nobody which tool it is.
            throw new NotSupportedException(problem.Message.Replace(method.Name, name, StringComparison.Ordinal), problem);
        }
    }

    /// <summary>What attribute or comment say; the core gives the method's name where neither says anything.</summary>
    private static string? Described(MethodInfo method) =>
        Core.ToolMethod.description(method) is var said && said != method.Name ? said : null;

    private static bool IsContext<TContext>(ParameterInfo parameter) => parameter.ParameterType == typeof(TContext);

    private static object? Next(IEnumerator<object> values)
    {
        values.MoveNext();
        return values.Current;
    }

    private static object? Invoke(MethodInfo method, object? target, object?[] arguments) =>
        method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
