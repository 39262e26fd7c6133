"""The columns of the four sheets: what a row does, each formula once.

``sgd_l2`` and ``adam_l2`` have the term in the loss, err² + wd·(b² + a²), so 2·wd·w in the gradient; ``sgd_decay`` and
``adam_decay`` have it in the update, where the weights shrink by lr·2·wd·w (Loshchilov and Hutter, "Decoupled weight
decay regularization", 2019). Where ``correct`` is 1, Adam corrects for the start of its averages and adds ``eps`` as
PyTorch does; where it is 0 it does neither, as in the lecture.
"""

from __future__ import annotations

from workbooks.shared.columns import Column

LARGE = "#,##0.00"
STEP = 0.01  # of the finite differences: to both sides, so that of a square nothing but rounding is left
PENALISED = "(({b}{db}+({a}{da})*{x}-{y})^2+wd*(({b}{db})^2+({a}{da})^2))"


def _difference(weight: str) -> str:
    """The slope of the loss with its term, from a step to either side of one weight."""
    up, down = (
        PENALISED.replace(f"{{d{weight}}}", sign + str(STEP)).replace("{da}", "").replace("{db}", "") for sign in "+-"
    )
    return f"=({up}-{down})/{2 * STEP}"


POINT = [
    Column("x", "x", style="input", format="0.0", width=7),
    Column("y", "y", style="input", format="0", width=7),
    Column("b", "b", "={new_b_above}", "state"),
    Column("a", "a", "={new_a_above}", "state"),
    Column("predicted", "pred", "={b}+{a}*{x}", "activation", LARGE),
    Column("error", "err^2", "=({predicted}-{y})^2", "loss", LARGE),
    Column("slope_b", "de/db", "=2*({predicted}-{y})", "gradient", LARGE),
    Column("slope_a", "de/da", "={slope_b}*{x}", "gradient", LARGE),
]

IN_THE_LOSS = [
    Column("term_b", "2·wd·b", "=2*wd*{b}", "gradient"),
    Column("term_a", "2·wd·a", "=2*wd*{a}", "gradient"),
    Column("whole_b", "dL/db", "={slope_b}+{term_b}", "gradient", LARGE),
    Column("whole_a", "dL/da", "={slope_a}+{term_a}", "gradient", LARGE),
]

IN_THE_UPDATE = [
    Column("shrink_b", "lr·2·wd·b", "=lr*2*wd*{b}", "gradient"),
    Column("shrink_a", "lr·2·wd·a", "=lr*2*wd*{a}", "gradient"),
]

SGD_L2 = [
    *POINT,
    *IN_THE_LOSS,
    Column("loss", "L=e+wd·Σw²", "={error}+wd*({b}^2+{a}^2)", "loss", LARGE, 12),
    Column("difference_b", "est dL/db", _difference("b"), "gradient", LARGE),
    Column("difference_a", "est dL/da", _difference("a"), "gradient", LARGE),
    Column("new_b", "new b", "={b}-lr*{whole_b}", "state"),
    Column("new_a", "new a", "={a}-lr*{whole_a}", "state"),
]

SGD_DECAY = [
    *POINT,
    *IN_THE_UPDATE,
    Column("new_b", "new b", "={b}-{shrink_b}-lr*{slope_b}", "state"),
    Column("new_a", "new a", "={a}-{shrink_a}-lr*{slope_a}", "state"),
]


def _moments(gradient: str) -> list[Column]:
    """Adam's averages of the columns ``gradient``\\ _b and _a, and what its step divides by."""
    return [
        Column("m_b", "avg b", f"=beta_1*{{m_b_above}}+(1-beta_1)*{{{gradient}_b}}", "state", LARGE),
        Column("m_a", "avg a", f"=beta_1*{{m_a_above}}+(1-beta_1)*{{{gradient}_a}}", "state", LARGE),
        Column("v_b", "avg b²", f"=beta_2*{{v_b_above}}+(1-beta_2)*{{{gradient}_b}}^2", "state", LARGE),
        Column("v_a", "avg a²", f"=beta_2*{{v_a_above}}+(1-beta_2)*{{{gradient}_a}}^2", "state", "#,##0", 12),
        Column("t", "step t", "={t_above}+1", "state", "0", 7),
        Column("first", "1-β1^t", "=IF(correct=1,1-beta_1^{t},1)", "activation", "0.0000", 9),
        Column("second", "1-β2^t", "=IF(correct=1,1-beta_2^{t},1)", "activation", "0.0000", 9),
        Column("root_b", "divisor b", "=SQRT({v_b}/{second})+IF(correct=1,eps,0)", "activation", LARGE),
        Column("root_a", "divisor a", "=SQRT({v_a}/{second})+IF(correct=1,eps,0)", "activation", LARGE),
    ]


def _arrives(weight: str) -> str:
    return f"=IF({{term_{weight}}}=0,0,{{d_{weight}}}/{{first}}/{{root_{weight}}}/{{term_{weight}}})"


ADAM_L2 = [
    *POINT,
    *IN_THE_LOSS,
    *_moments("whole"),
    Column("new_b", "new b", "={b}-lr*{m_b}/{first}/{root_b}", "state"),
    Column("new_a", "new a", "={a}-lr*{m_a}/{first}/{root_a}", "state"),
    Column("d_b", "avg 2·wd·b", "=beta_1*{d_b_above}+(1-beta_1)*{term_b}", "state", width=12),
    Column("d_a", "avg 2·wd·a", "=beta_1*{d_a_above}+(1-beta_1)*{term_a}", "state", width=12),
    Column("arrives_b", "arrives at b", _arrives("b"), "result", "0.00%", 12),
    Column("arrives_a", "arrives at a", _arrives("a"), "result", "0.00%", 12),
]

ADAM_DECAY = [
    *POINT,
    *IN_THE_UPDATE,
    *_moments("slope"),
    Column("new_b", "new b", "={b}-{shrink_b}-lr*{m_b}/{first}/{root_b}", "state"),
    Column("new_a", "new a", "={a}-{shrink_a}-lr*{m_a}/{first}/{root_a}", "state"),
]
